// The stream of facts: connects, hands events on, and connects again when it is lost.
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 8_000;

/** One open stream. `onEvents(list)`, `onState("open"|"lost")`. */
export class Stream {
  constructor({ as, onEvents, onState }) {
    Object.assign(this, { as, onEvents, onState, retry: FIRST_RETRY_MS, closed: false });
    this.connect();
  }

  connect() {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.socket = new WebSocket(`${scheme}//${location.host}/_page/ws?as=${encodeURIComponent(this.as)}`);
    this.socket.onopen = () => {
      this.retry = FIRST_RETRY_MS;
      this.onState('open');
    };
    this.socket.onmessage = (message) => this.onEvents(JSON.parse(message.data).events ?? []);
    this.socket.onclose = () => this.lost();
  }

  lost() {
    if (this.closed) return;
    this.onState('lost');
    this.timer = setTimeout(() => this.connect(), this.retry);
    this.retry = Math.min(this.retry * 2, LAST_RETRY_MS);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}

// The server's clock, which the fault panel may move; everything relative is told against it.

let offsetSeconds = 0;

/** Seconds since the epoch, as the server counts them. */
export const serverNow = () => Date.now() / 1000 + offsetSeconds;

/** Learns the difference from an answer that carries the server's `now`. */
export function setServerNow(now) {
  if (Number.isFinite(now)) offsetSeconds = now - Date.now() / 1000;
}

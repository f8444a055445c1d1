// Times as a person reads them, always in a zone and at a moment given by the caller. Pure.

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;
const LOCALE = 'en-US';
const LAST_UNIX_S = 8_640_000_000_000;

/** Whether a number is a time that a calendar has. */
export const isTime = (unix) => Number.isFinite(unix) && Math.abs(unix) <= LAST_UNIX_S;

const formats = new Map();

function format(unix, zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options }));
  return formats.get(key).format(unix * 1000);
}

function parts(unix, zone) {
  const key = `parts ${zone}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(LOCALE, {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    }));
  }
  return Object.fromEntries(formats.get(key).formatToParts(unix * 1000).map((p) => [p.type, p.value]));
}

const QUARTER_S = 15 * MINUTE_S;
const days = new Map();

/** `2026-11-20` in the zone. Every zone's day begins at a quarter of an hour, so one answer serves a quarter. */
export function isoDay(unix, zone) {
  const key = `${zone} ${Math.floor(unix / QUARTER_S)}`;
  if (!days.has(key)) {
    const p = parts(unix, zone);
    days.set(key, `${p.year}-${p.month}-${p.day}`);
  }
  return days.get(key);
}

/** `2026-11-20T14:05` in the zone, as a datetime field wants it. */
export function isoMinute(unix, zone) {
  const p = parts(unix, zone);
  return `${isoDay(unix, zone)}T${p.hour}:${p.minute}`;
}

/** Seconds since the epoch of `2026-11-20T14:05` in the zone; null if the text is no time. */
export function unixOfIsoMinute(text, zone) {
  const asUtc = Date.parse(`${text}:00Z`) / 1000;
  if (!Number.isFinite(asUtc)) return null;
  let unix = asUtc;
  for (let round = 0; round < 2; round += 1) {
    unix += asUtc - Date.parse(`${isoMinute(unix, zone)}:00Z`) / 1000;
  }
  return unix;
}

/** `2:05 PM`. */
export const clock = (unix, zone) => format(unix, zone, { hour: 'numeric', minute: '2-digit' });

function dayName(unix, zone, now) {
  const away = Math.round((Date.parse(isoDay(unix, zone)) - Date.parse(isoDay(now, zone))) / (DAY_S * 1000));
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[away];
}

function ordinal(day) {
  const rest = day % 100;
  if (rest >= 11 && rest <= 13) return `${day}th`;
  return `${day}${{ 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] ?? 'th'}`;
}

function longDate(unix, zone, weekday) {
  const month = format(unix, zone, { month: 'long' });
  const day = ordinal(Number(format(unix, zone, { day: 'numeric' })));
  const year = format(unix, zone, { year: 'numeric' });
  return `${weekday ? `${format(unix, zone, { weekday: 'long' })}, ` : ''}${month} ${day}, ${year}`;
}

/** `3 minutes ago`, `in 2 hours`. */
export function ago(unix, now) {
  const away = unix - now;
  const size = Math.abs(away);
  const [count, unit] = size < MINUTE_S ? [Math.round(size), 'second']
    : size < HOUR_S ? [Math.round(size / MINUTE_S), 'minute']
      : size < DAY_S ? [Math.round(size / HOUR_S), 'hour'] : [Math.round(size / DAY_S), 'day'];
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' }).format(away < 0 ? -count : count, unit);
}

const TOKENS = {
  date_num: isoDay,
  date_slash: (u, z) => format(u, z, { year: 'numeric', month: '2-digit', day: '2-digit' }),
  date: (u, z) => longDate(u, z, false),
  date_long: (u, z) => longDate(u, z, true),
  date_short: (u, z) => format(u, z, { year: 'numeric', month: 'short', day: 'numeric' }),
  date_long_full: (u, z) => longDate(u, z, true),
  day_divider_pretty: (u, z, n) => dayDivider(u, z, n),
  time: clock,
  time_secs: (u, z) => format(u, z, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (u, _z, n) => ago(u, n),
};

/**
 * Fills a `<!date^…>` format: `{date_short_pretty} at {time}`.
 * @returns {string|null} null when the time or a token is not known, so that the fallback is shown
 */
export function formatDate(unix, template, zone, now) {
  if (!isTime(unix)) return null;
  let known = true;
  const text = template.replace(/\{(\w+?)(_pretty)?\}/g, (whole, name, pretty) => {
    const token = TOKENS[name] ?? TOKENS[name + (pretty ?? '')];
    if (!token) known = false;
    return (pretty && TOKENS[name] && dayName(unix, zone, now)) || (token ? token(unix, zone, now) : whole);
  });
  return known && text ? text : null;
}

/** Heading of a day in the message list: Today, Yesterday, else `Friday, November 20th`. */
export function dayDivider(unix, zone, now) {
  const name = dayName(unix, zone, now);
  if (name) return name[0].toUpperCase() + name.slice(1);
  const month = format(unix, zone, { month: 'long' });
  const sameYear = format(unix, zone, { year: 'numeric' }) === format(now, zone, { year: 'numeric' });
  const day = ordinal(Number(format(unix, zone, { day: 'numeric' })));
  return `${format(unix, zone, { weekday: 'long' })}, ${month} ${day}${sameYear ? '' : `, ${format(unix, zone, { year: 'numeric' })}`}`;
}

/** Whole moment for tooltips. */
export const fullMoment = (unix, zone) => format(unix, zone, {
  weekday: 'long', year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
});

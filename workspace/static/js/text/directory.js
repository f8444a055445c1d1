// Who and what an id means, for everything that draws text. Given by the page, read where a name is drawn.
import { createContext, useContext, useEffect, useState } from '../lib.js';
import { serverNow } from './clock.js';

/** `{users, channels, groups, viewerId, zone, openChannel}`; lookups by id, each may miss. */
export const Directory = createContext({
  users: {}, channels: {}, groups: {}, viewerId: null, zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

export const useDirectory = () => useContext(Directory);

const CLOCK_STEP_MS = 15_000;
const listeners = new Set();

/** Seconds since the epoch, drawn again every 15 seconds; one timer serves all who ask. */
export function useNow() {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    listeners.add(setNow);
    return () => listeners.delete(setNow);
  }, []);
  return now;
}

setInterval(() => listeners.forEach((tell) => tell(serverNow())), CLOCK_STEP_MS);

/** The name that a person goes by. */
export function displayName(user) {
  return user?.display_name || user?.real_name || user?.name || '';
}

// Starts the page. A browser gives up a request that is under way when a network interface of its machine comes
// or goes, which containers make them do all day: what failed to load is loaded again, a few times.
(() => {
  const TRIES = 10;
  const PAUSE_MS = 200;
  const key = 'boot-tries';
  const tries = Number(sessionStorage.getItem(key) ?? 0);
  const giveUp = () => {
    sessionStorage.removeItem(key);
    document.getElementById('page').textContent = 'The page could not be loaded. Reload it to try again.';
  };
  const again = () => {
    sessionStorage.setItem(key, String(tries + 1));
    if (tries < TRIES) setTimeout(() => location.reload(), PAUSE_MS * (tries + 1));
    else giveUp();
  };
  const styled = () => [...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet);
  window.addEventListener('load', () => {
    if (!styled()) again();
    else import('./main.js').then(() => sessionStorage.removeItem(key), again);
  });
})();

/* Runs before the first paint, so that the plain list never flashes before the full-screen feed takes over. */
document.documentElement.dataset.live = "";

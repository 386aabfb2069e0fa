/* Runs before the first paint, so that the list never flashes by: the page is the stage from the start. */
document.documentElement.dataset.live = "";

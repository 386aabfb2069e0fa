/** A tap on a category searches at once. */
for (const form of document.querySelectorAll("form[role=search]")) {
  form.addEventListener("change", (event) => event.target.name === "category" && form.requestSubmit());
}

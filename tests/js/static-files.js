/** Lets node import modules as browsers do, where the static files of all apps are in one folder. */
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const APPS = ["catalog", "feed", "feedsite", "social", "videos"];
const STATIC_PATH = /\/\w+\/static\/(.*)$/;

registerHooks({
  resolve(specifier, context, next) {
    const url = specifier.startsWith(".") && context.parentURL ? new URL(specifier, context.parentURL) : null;
    const path = url && STATIC_PATH.exec(url.pathname)?.[1];
    if (!path || existsSync(fileURLToPath(url))) return next(specifier, context);
    const app = APPS.find((name) => existsSync(`${ROOT}${name}/static/${path}`));
    return next(app ? pathToFileURL(`${ROOT}${app}/static/${path}`).href : specifier, context);
  },
});

// What every page has. Each module enhances what works without it.
import "./submit-once.js";
import "./menus.js";
import "./keys.js";
import "./list-keys.js";
import "./reveal.js";
import "./only-for.js";
import "./password-rules.js";
import "./sound.js";
import "./counter.js";
import "./focus.js";
import "./requests.js";
import "./uploads.js";

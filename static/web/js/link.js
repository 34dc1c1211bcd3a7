/** The uid and token of a mailed link, taken out of the address bar at once. */

const parameters = new URLSearchParams(location.search);
history.replaceState(null, "", location.pathname);

const part = (name) => encodeURIComponent(parameters.get(name) ?? "");

export const isComplete = parameters.has("uid") && parameters.has("token");
export const linkPath = `${part("uid")}/${part("token")}`;
export const linkParts = { uid: parameters.get("uid") ?? "", token: parameters.get("token") ?? "" };

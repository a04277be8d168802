// Carries a portal's question to the agent on this machine, and the card's answer back. Who asks is what the browser says, never
// what the page says; whether they may ask is decided by the browser's policy here and by the machine's file in the agent.

const HOST = "fobwatch.card";

/** Whether the browser's policy lets this origin ask. Without a policy the agent decides alone. */
async function allowed(origin) {
  const { portals } = await chrome.storage.managed.get("portals").catch(() => ({}));
  return !Array.isArray(portals) || portals.includes(origin);
}

async function answer(message, sender) {
  if (message?.do === "hello") {
    return { version: chrome.runtime.getManifest().version };
  }
  const { origin } = sender;
  if (message?.do !== "sign-in" || typeof message.nonce !== "string" || typeof origin !== "string") {
    return { refused: "not-understood" };
  }
  if (!(await allowed(origin))) {
    return { refused: "foreign-origin" };
  }
  try {
    return await chrome.runtime.sendNativeMessage(HOST, { do: "sign-in", origin, nonce: message.nonce });
  } catch {
    return { refused: "no-agent" };
  }
}

chrome.runtime.onMessageExternal.addListener((message, sender, reply) => {
  // A frame of somebody else's page inside a portal's has its own origin; a portal inside somebody else's page is none of ours.
  if (sender.frameId !== undefined && sender.frameId !== 0) {
    reply({ refused: "not-understood" });
    return false;
  }
  answer(message, sender).then(reply);
  return true;
});

/* Passkeys: asks the browser for one, and sends what it says with the page's own form.

   <form method="post" data-passkey="create|get" [data-passkey-options="address"]> holds a hidden
   field "credential" and a button [data-passkey-button], which stays hidden without script. What
   to ask for stands in the element #js_data, or is fetched from the given address. */
(() => {
  "use strict";

  const bytes = (text) => {
    const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  };

  const text = (buffer) => {
    if (!buffer) return undefined;
    const letters = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const known = (list = []) => list.map((entry) => ({ ...entry, id: bytes(entry.id) }));

  const forCreating = ({ publicKey }, alone) => ({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: alone,
        userVerification: alone ? "required" : "preferred",
      },
    },
  });

  const forGetting = ({ publicKey }) => ({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  });

  const plain = (credential) => {
    const { response } = credential;
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        authenticatorData: response.signature && text(response.authenticatorData),
        signature: text(response.signature),
        userHandle: text(response.userHandle),
        transports: response.getTransports?.(),
      },
    };
  };

  const optionsOf = async (form) => {
    const address = form.dataset.passkeyOptions;
    if (!address) return JSON.parse(document.getElementById("js_data").textContent);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no options");
    return answer.json();
  };

  const ask = async (form) => {
    const options = await optionsOf(form);
    if (form.dataset.passkey === "get")
      return navigator.credentials.get(forGetting(options.request_options));
    const alone = Boolean(form.querySelector("[name=passwordless]")?.checked);
    return navigator.credentials.create(forCreating(options.creation_options, alone));
  };

  const use = async (form) => {
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(plain(await ask(form)));
      form.submit();
    } catch {
      problem.hidden = false;
      problem.focus();
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!window.PublicKeyCredential) return;
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      const button = form.querySelector("[data-passkey-button]");
      button.hidden = false;
      for (const hint of document.querySelectorAll("[data-without-passkeys]")) hint.hidden = true;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        use(form);
      });
    }
  });
})();

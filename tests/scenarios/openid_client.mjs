// The same system as examples/openid_client.py, on npm's openid-client: another author's reading of the specification.
import * as oidc from "openid-client";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { createServer } from "node:http";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const here = `http://127.0.0.1:${PORT}`;
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, {
  execute: [oidc.allowInsecureRequests],
});
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const session = {}; // one reader is enough for a test

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", ...headers });
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Example</title>` +
      `<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>` +
      `<body><main><h1>Example system</h1>${body}</main></body></html>`,
  );
}
const go = (response, target) => answer(response, 302, "", { Location: String(target) });
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

async function keep(tokens) {
  session.tokens = tokens;
  session.info = await oidc.fetchUserInfo(config, tokens.access_token, session.claims.sub);
}

const pages = {
  "/": async (url, response) => {
    if (!session.claims) {
      const news = session.news ?? "You are not signed in.";
      return answer(response, 200, `<p>${news}</p><p><a href="/login">Sign in with the platform</a></p>`);
    }
    const told = JSON.stringify({ claims: session.claims, userinfo: session.info }, null, 1);
    answer(
      response,
      200,
      `<p>Signed in as ${escape(session.info.name)}, refreshed ${session.refreshed} times.</p>` +
        `<p><a href="/refresh">Refresh</a> <a href="/logout">Sign out</a></p><pre id="told" style="white-space: pre-wrap; overflow-wrap: anywhere">${escape(told)}</pre>`,
    );
  },
  "/login": async (url, response) => {
    Object.assign(session, {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
    });
    go(
      response,
      oidc.buildAuthorizationUrl(config, {
        redirect_uri: `${here}/callback`,
        scope: "openid profile phone organisation",
        code_challenge: await oidc.calculatePKCECodeChallenge(session.verifier),
        code_challenge_method: "S256",
        state: session.state,
        nonce: session.nonce,
        ...Object.fromEntries(url.searchParams),
      }),
    );
  },
  "/callback": async (url, response) => {
    const tokens = await oidc.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: session.verifier,
      expectedState: session.state,
      expectedNonce: session.nonce,
      idTokenExpected: true,
    });
    session.claims = tokens.claims();
    session.refreshed = 0;
    await keep(tokens);
    go(response, "/");
  },
  "/refresh": async (url, response) => {
    const tokens = await oidc.refreshTokenGrant(config, session.tokens.refresh_token);
    session.refreshed += 1;
    await keep(tokens);
    go(response, "/");
  },
  "/logout": async (url, response) => {
    const target = oidc.buildEndSessionUrl(config, {
      id_token_hint: session.tokens.id_token,
      post_logout_redirect_uri: `${here}/`,
    });
    for (const key of Object.keys(session)) delete session[key];
    go(response, target);
  },
  "/backchannel": async (url, response, body) => {
    const { payload } = await jwtVerify(new URLSearchParams(body).get("logout_token"), keys, {
      issuer: ISSUER,
      audience: CLIENT_ID,
      typ: "logout+jwt",
      requiredClaims: ["iat", "exp", "jti", "events", "sid"],
    });
    if (payload.sid === session.claims?.sid) {
      for (const key of Object.keys(session)) delete session[key];
      session.news = "The platform signed you out.";
    }
    answer(response, 200, "");
  },
};

createServer(async (request, response) => {
  const url = new URL(request.url, here);
  let body = "";
  for await (const part of request) body += part;
  try {
    await (pages[url.pathname] ?? (() => answer(response, 404, "")))(url, response, body);
  } catch (error) {
    answer(response, 403, `<p>The platform says: ${escape(error.error ?? `${error.code}: ${error.message}`)}</p>`);
  }
}).listen(Number(PORT), "127.0.0.1", () => console.log(`Open ${here}/`));

/** A relying party on openid-client: it knows the discovery address, its id and its secret, and nothing else. */
import * as client from 'openid-client';

/** A request that is on its way. */
export interface PendingRequest {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly maxAge: number | undefined;
}

/** A relying party. */
export interface RelyingParty {
  readonly configuration: client.Configuration;
  readonly redirectUri: string;
  /** Makes an authorization request. */
  request(parameters?: Readonly<Record<string, string>>): Promise<PendingRequest>;
  /** The same, pushed first (RFC 9126). */
  pushedRequest(parameters?: Readonly<Record<string, string>>): Promise<PendingRequest>;
  /**
   * Redeems what came back; openid-client validates the ID token.
   * @throws {client.AuthorizationResponseError} what the provider answered instead
   */
  redeem(
    pending: PendingRequest,
    callback: URL,
  ): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers>;
}

/** Discovers the provider. */
export async function createRelyingParty(options: {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client. */
  readonly clientSecret: string | null;
  readonly redirectUri: string;
}): Promise<RelyingParty> {
  const { issuer, clientId, clientSecret, redirectUri } = options;
  const authentication = clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret);
  const configuration = await client.discovery(new URL(issuer), clientId, undefined, authentication, {
    execute: [client.allowInsecureRequests],
  });

  async function prepare(
    parameters: Readonly<Record<string, string>>,
  ): Promise<{ pending: Omit<PendingRequest, 'url'>; all: Record<string, string> }> {
    const verifier = client.randomPKCECodeVerifier();
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier,
      maxAge: parameters['max_age'] === undefined ? undefined : Number(parameters['max_age']),
    };
    const all = {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: pending.state,
      nonce: pending.nonce,
      ...parameters,
    };
    return { pending, all };
  }

  return {
    configuration,
    redirectUri,
    async request(parameters = {}) {
      const { pending, all } = await prepare(parameters);
      return { ...pending, url: client.buildAuthorizationUrl(configuration, all) };
    },
    async pushedRequest(parameters = {}) {
      const { pending, all } = await prepare(parameters);
      return { ...pending, url: await client.buildAuthorizationUrlWithPAR(configuration, all) };
    },
    redeem: (pending, callback) =>
      client.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: pending.verifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
        ...(pending.maxAge === undefined ? {} : { maxAge: pending.maxAge }),
      }),
  };
}

/**
 * The demo app's side of OpenID Connect, on openid-client: all it knows of the provider is its discovery address
 * and the client it is.
 */
import * as openid from 'openid-client';

/** One client that the demo app is registered as. */
export interface ClientRegistration {
  readonly clientId: string;
  /** Null for a client that cannot keep one, such as a TV. */
  readonly clientSecret: string | null;
}

/** The clients of the demo app. */
export const clientKinds = ['own', 'third_party', 'tv'] as const;
/** Which of them. */
export type ClientKind = (typeof clientKinds)[number];

/** What happened, in a word that `locales/<language>/demo.json` has a sentence for (`outcome.<word>`). */
export const outcomes = [
  'signed_in',
  'signed_in_silently',
  'managed',
  'signed_out',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'access_denied',
  'expired_token',
  'temporarily_unavailable',
  'server_error',
  'provider_unreachable',
  'flow_lost',
  'refused',
] as const;
/** What happened. */
export type Outcome = (typeof outcomes)[number];

/** The configured clients, discovered when they are first needed. */
export interface Clients {
  /** @throws {Error} when the provider cannot be reached */
  configuration(kind: ClientKind): Promise<openid.Configuration>;
}

/** Names the discovery address's clients; http is allowed only where the issuer is this machine. */
export function createClients(
  issuer: string,
  registrations: Readonly<Record<ClientKind, ClientRegistration>>,
): Clients {
  const found = new Map<ClientKind, Promise<openid.Configuration>>();
  const discover = (kind: ClientKind): Promise<openid.Configuration> => {
    const { clientId, clientSecret } = registrations[kind];
    return openid.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === null ? openid.None() : openid.ClientSecretBasic(clientSecret),
      {
        timeout: 5,
        execute: [
          // OpenID Connect Core 1.0 §3.1.3.7 lets TLS stand for the signature; here there is none, so it is checked.
          openid.enableNonRepudiationChecks,
          ...(issuer.startsWith('http:') ? [openid.allowInsecureRequests] : []),
        ],
      },
    );
  };
  return {
    configuration: (kind) => {
      const known = found.get(kind);
      if (known) return known;
      const discovery = discover(kind);
      found.set(kind, discovery);
      // A provider that was down a moment ago is asked again.
      discovery.catch(() => found.delete(kind));
      return discovery;
    },
  };
}

/** The word for what openid-client threw. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError) {
    return outcomes.find((outcome) => outcome === error.error) ?? 'refused';
  }
  const isTimeout = error instanceof openid.ClientError && error.code === 'OAUTH_TIMEOUT';
  const isNetwork = error instanceof TypeError && error.cause instanceof Error;
  return isTimeout || isNetwork ? 'provider_unreachable' : 'refused';
}

/** The scopes to ask for, among those that the provider has. */
export function scopeFor(configuration: openid.Configuration): string {
  const supported = configuration.serverMetadata().scopes_supported ?? ['openid'];
  return ['openid', 'profile', 'email'].filter((scope) => supported.includes(scope)).join(' ');
}

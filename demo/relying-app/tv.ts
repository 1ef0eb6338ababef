/**
 * Signing in on a device without a keyboard: polls the provider in the background while the TV's page shows the code.
 * @see RFC 8628
 */
import { randomBytes } from 'node:crypto';
import * as openid from 'openid-client';
import type { Clock } from '../../security-info/ports.ts';
import type { Clients, Outcome } from './client.ts';
import { outcomeOf, scopeFor } from './client.ts';

/** Where a TV's sign-in stands. */
export type TvSignIn =
  | {
      readonly state: 'waiting';
      readonly userCode: string;
      readonly verificationUri: string;
      readonly verificationUriComplete: string | null;
      readonly expiresAt: Date;
    }
  | {
      readonly state: 'signed_in';
      readonly idToken: string;
      readonly userinfo: Readonly<Record<string, unknown>>;
    }
  | { readonly state: 'failed'; readonly outcome: Outcome };

/** The TVs of this demo. */
export interface TvSignIns {
  /**
   * Asks for a code and begins to poll.
   * @returns what names this TV
   * @throws {Error} when the provider cannot be reached or refuses
   */
  begin(): Promise<string>;
  /** Undefined for a TV that is not known (any more). */
  find(id: string): TvSignIn | undefined;
  /** Ends all polling. */
  close(): void;
}

/** Older ones are forgotten. */
const maximumTvs = 50;

/** Makes room for TVs; they live as long as this process. */
export function createTvSignIns(clients: Clients, clock: Clock): TvSignIns {
  const tvs = new Map<string, TvSignIn>();
  const stop = new AbortController();

  async function poll(
    id: string,
    configuration: openid.Configuration,
    granted: Awaited<ReturnType<typeof openid.initiateDeviceAuthorization>>,
  ): Promise<void> {
    try {
      const expiry = AbortSignal.timeout(granted.expires_in * 1000);
      const tokens = await openid.pollDeviceAuthorizationGrant(configuration, granted, undefined, {
        signal: AbortSignal.any([stop.signal, expiry]),
      });
      const claims = tokens.claims();
      if (tokens.id_token === undefined || claims === undefined) {
        tvs.set(id, { state: 'failed', outcome: 'refused' });
        return;
      }
      const userinfo = await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      tvs.set(id, { state: 'signed_in', idToken: tokens.id_token, userinfo });
    } catch (error) {
      const isExpired = error instanceof Error && error.name === 'TimeoutError';
      tvs.set(id, { state: 'failed', outcome: isExpired ? 'expired_token' : outcomeOf(error) });
    }
  }

  return {
    begin: async () => {
      const configuration = await clients.configuration('tv');
      const granted = await openid.initiateDeviceAuthorization(configuration, {
        scope: scopeFor(configuration),
      });
      const id = randomBytes(16).toString('base64url');
      tvs.set(id, {
        state: 'waiting',
        userCode: granted.user_code,
        verificationUri: granted.verification_uri,
        verificationUriComplete: granted.verification_uri_complete ?? null,
        expiresAt: new Date(clock.now().getTime() + granted.expires_in * 1000),
      });
      for (const old of [...tvs.keys()].slice(0, Math.max(0, tvs.size - maximumTvs))) tvs.delete(old);
      void poll(id, configuration, granted);
      return id;
    },
    find: (id) => tvs.get(id),
    close: () => stop.abort(),
  };
}

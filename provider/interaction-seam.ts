/** The InteractionSeam on node-oidc-provider: reads its Interaction for the pages, and ends a step in its terms. */
import type { Context } from 'koa';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import type { Interaction, InteractionSeam, StepResult } from '../interactions/shell/contract.ts';
import { InteractionGone } from '../security-info/errors.ts';
import type { Ports } from '../security-info/ports.ts';
import { clientPage, lastLogin, missing, parameters, promptName } from './interaction-details.ts';
import { clientExtras, isBeforeCredentialsChange } from './interaction-policy/evaluation.ts';
import { securityInfoPromptName } from './interaction-policy/security-info.ts';

/** The library's Interaction. */
type OidcInteraction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** In seconds; null where there is no such moment. */
const epochOf = (at: Date | null = null): number | null => at && at.getTime() / 1000;

/** Makes the seam. @param acr what a sign-in with a password is called; null where it is the host's own */
export function createInteractionSeam(
  provider: Provider,
  acr: string | null,
  { records }: Pick<Ports, 'records'>,
): InteractionSeam {
  const known = new WeakMap<Context['req'], Promise<OidcInteraction>>();

  /** Read once for a request, which reads it for its page and again to end the step. */
  function detailsOf(ctx: Context): Promise<OidcInteraction> {
    const details = known.get(ctx.req) ?? readDetails(ctx);
    known.set(ctx.req, details);
    return details;
  }

  async function readDetails(ctx: Context): Promise<OidcInteraction> {
    const details = await provider.interactionDetails(ctx.req, ctx.res).catch(asGone);
    // The cookie's path is this interaction's, and still: a cookie jar is the browser's, not ours.
    if (ctx['params']?.uid !== details.uid) throw new InteractionGone();
    return details;
  }

  async function interactionOf(details: OidcInteraction): Promise<Interaction> {
    const prompt = promptName.safeParse(details.prompt.name);
    const params = parameters.safeParse(details.params);
    if (!prompt.success || !params.success || details.cid === undefined) throw new InteractionGone();
    const client = await provider.Client.find(params.data.client_id);
    if (client === undefined) throw new InteractionGone();
    const extras = clientExtras.parse(client);
    const page = clientPage.parse(client);
    const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = missing.parse(
      details.prompt.details,
    );
    const signedInAt = prompt.data === 'login' ? null : await goodSignIn(details);
    return {
      uid: details.uid,
      signedInAt,
      cid: details.cid,
      prompt: prompt.data,
      reasons: details.prompt.reasons,
      accountId: details.session?.accountId ?? null,
      client: {
        clientId: client.clientId,
        name: page.clientName ?? client.clientId,
        isFirstParty: extras.first_party,
        isExempt: extras.security_info_exempt,
        policyUri: page.policyUri ?? null,
        termsUri: page.tosUri ?? null,
      },
      uiLocales: params.data.ui_locales.split(' ').filter((tag) => tag !== ''),
      loginHint: params.data.login_hint,
      missingScopes: [...missingOIDCScope, ...Object.values(missingResourceScopes).flat()],
      missingClaims: missingOIDCClaims,
    };
  }

  return {
    read: async (ctx) => interactionOf(await detailsOf(ctx)),

    async finish(ctx, result) {
      const details = await detailsOf(ctx);
      const given = await resultOf(details, result);
      // As the library's interactionResult does, which would read the Interaction and its session once more.
      // Without the login of this interaction a `prompt=login` would ask for the password again.
      details.result = result.kind === 'cancelled' ? given : { ...details.lastSubmission, ...given };
      await details.persist().catch(asGone);
      return details.returnTo;
    },
  };

  async function resultOf(details: OidcInteraction, result: StepResult): Promise<InteractionResults> {
    switch (result.kind) {
      case 'signed_in': {
        // `ts` always: without it auth_time would move at each step.
        const ts = Math.floor(result.signedInAt.getTime() / 1000);
        return {
          login: {
            accountId: result.accountId,
            ts,
            amr: ['pwd'],
            remember: true,
            ...(acr === null ? {} : { acr }),
          },
        };
      }
      case 'security_info':
        return {
          [securityInfoPromptName]: { finished: true, adminProofAt: epochOf(result.adminProofAt) },
          ...(result.addedAmr.length === 0 ? {} : await loginWith(details, result.addedAmr)),
        };
      case 'renewed':
        // Not finished: without its key the prompt asks again, and with a key from before it would not.
        return {
          [securityInfoPromptName]: undefined,
          ...(await loginWith(details, [], Math.floor(result.signedInAt.getTime() / 1000))),
        };
      case 'consented':
        return { consent: { grantId: await grantFor(details) } };
      case 'cancelled':
        return { error: 'access_denied', error_description: 'the End-User left the sign-in' };
    }
  }

  /** The login of this session once more, whole, with what was proved besides. @see RFC 8176 §2 */
  async function loginWith(
    details: OidcInteraction,
    addedAmr: readonly string[],
    renewedTs?: number,
  ): Promise<Pick<InteractionResults, 'login'>> {
    const { session } = details;
    if (session === undefined) throw new InteractionGone();
    const ts = renewedTs ?? (await loginTime(session, details.lastSubmission));
    const amr = [...new Set([...(session.amr ?? []), ...addedAmr])];
    return {
      login: {
        accountId: session.accountId,
        ts,
        ...(amr.length === 0 ? {} : { amr }),
        remember: true,
        ...(session.acr === undefined ? {} : { acr: session.acr }),
      },
    };
  }

  /** In epoch seconds: of this interaction's own sign-in, or of the session that it found. */
  async function loginTime(
    { uid, accountId }: NonNullable<OidcInteraction['session']>,
    lastSubmission: OidcInteraction['lastSubmission'],
  ): Promise<number> {
    const known = lastLogin.safeParse(lastSubmission);
    if (known.success && known.data.login.accountId === accountId) return known.data.login.ts;
    const found = await provider.Session.findByUid(uid);
    if (found?.loginTs === undefined) throw new InteractionGone();
    return found.loginTs;
  }

  /** Who was signed out everywhere goes on with no page that is open still. */
  async function goodSignIn({ session, lastSubmission }: OidcInteraction): Promise<Date | null> {
    if (session === undefined) return null;
    const [ts, record] = await Promise.all([
      loginTime(session, lastSubmission),
      records.readForSignIn(session.accountId),
    ]);
    if (isBeforeCredentialsChange(ts, record)) throw new InteractionGone();
    return new Date(ts * 1000);
  }

  async function grantFor(details: OidcInteraction): Promise<string> {
    const accountId = details.session?.accountId;
    const { client_id: clientId } = parameters.parse(details.params);
    if (accountId === undefined) throw new InteractionGone();
    const found = details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId);
    const grant =
      found?.accountId === accountId && found.clientId === clientId
        ? found
        : new provider.Grant({ accountId, clientId });
    const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = missing.parse(
      details.prompt.details,
    );
    if (missingOIDCScope.length > 0) grant.addOIDCScope(missingOIDCScope.join(' '));
    if (missingOIDCClaims.length > 0) grant.addOIDCClaims(missingOIDCClaims);
    for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
      grant.addResourceScope(resource, scopes.join(' '));
    }
    return grant.save();
  }
}

function asGone(error: unknown): never {
  throw error instanceof errors.SessionNotFound ? new InteractionGone() : error;
}

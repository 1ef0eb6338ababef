/** What `login` asks for besides what the library does: a session must have an account, and be newer than its credentials. */
import { errors, interactionPolicy } from 'oidc-provider';
import { z } from 'zod';
import type { Ports } from '../../security-info/ports.ts';
import { isBeforeCredentialsChange, signInRecordOf } from './evaluation.ts';

const { Check } = interactionPolicy;

const acrRequest = z.object({
  acr: z
    .object({
      essential: z.boolean().optional(),
      value: z.string().optional(),
      values: z.array(z.string()).optional(),
    })
    .nullish(),
});

/**
 * The checks to add to the library's `login` prompt.
 * @param acrValues the values that a sign-in here can give
 */
export function createLoginChecks(
  ports: Pick<Ports, 'records'>,
  acrValues: readonly string[],
): readonly interactionPolicy.Check[] {
  return [
    // A live session whose account is gone or disabled would be a TypeError in `consent`.
    new Check(
      'account_gone',
      'the account of the session is gone',
      'login_required',
      ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
    new Check(
      'credentials_changed',
      'the credentials have changed since the End-User signed in',
      'login_required',
      async (ctx) => {
        const { session } = ctx.oidc;
        if (session?.accountId === undefined) return false;
        const record = await signInRecordOf(ctx, session.accountId, ports);
        return isBeforeCredentialsChange(session.loginTs, record);
      },
    ),
    // Without this an essential acr that no sign-in gives asks for the password for ever.
    // OpenID Connect Unmet Authentication Requirements 1.0 §2
    new Check('acr_unavailable', 'requested ACR could not be obtained', ({ oidc }) => {
      const parsed = acrRequest.safeParse(oidc.claims?.id_token ?? {});
      const request = parsed.success ? parsed.data.acr : undefined;
      if (request?.essential !== true) return false;
      const wanted = [...(request.values ?? []), ...(request.value === undefined ? [] : [request.value])];
      if (wanted.length === 0 || wanted.some((value) => acrValues.includes(value))) return false;
      throw new errors.UnmetAuthenticationRequirements('requested ACR could not be obtained');
    }),
  ];
}

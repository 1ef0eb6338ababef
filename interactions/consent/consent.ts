/**
 * The consent page: which app, what it will learn, allow or not. Whether anybody is asked is the provider's policy's
 * business, and so is the grant that follows.
 */
import { z } from 'zod';
import { InvalidForm } from '../../security-info/errors.ts';
import type { Interaction, Routes, Step } from '../shell/contract.ts';

/** Scopes that have a sentence of their own (`consent.scope.<name>`); others are named as they are. */
const describedScopes = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access'] as const;
/** What an admin's app may do in their name (`consent.admin.<name>`, with `_` for the colon). */
const adminScope = /^(policy|methods|reports|audit):(read|write)$/;
/** Claims that have a word of their own (`consent.claim.<name>`); others are named as they are. */
const describedClaims = ['name', 'preferred_username', 'email', 'locale', 'auth_time', 'acr', 'amr'] as const;
/** What the app gets with any sign-in and asks for by itself is no news: `sub` is told with `openid`. */
const leftClaims = new Set(['sub', 'sid', 'iss']);

const decisionSchema = z.object({ decision: z.enum(['allow', 'deny']) });

/** Adds GET and POST `/consent`. */
export function consentRoom(routes: Routes): void {
  routes.get('/consent', ['consent'], async (step) => {
    const { client } = step.interaction;
    await step.show('consent/consent', {
      action: `${step.base}/consent`,
      client: { name: client.name, policyUri: client.policyUri, termsUri: client.termsUri },
      learns: whatItLearns(step),
      isForAdmin: step.interaction.missingScopes.some((scope) => adminScope.test(scope)),
    });
  });

  routes.post('/consent', ['consent'], async (step) => {
    const decided = decisionSchema.safeParse(step.form);
    if (!decided.success) throw new InvalidForm();
    await step.finish({ kind: decided.data.decision === 'allow' ? 'consented' : 'cancelled' });
  });
}

/** One sentence for each thing that the app learns or may do; empty where it asks for nothing that is new. */
function whatItLearns({ interaction, words }: Pick<Step, 'words'> & { interaction: Interaction }): string[] {
  const scopes = interaction.missingScopes.map((scope) => {
    if (adminScope.test(scope)) return words.text(`consent.admin.${scope.replace(':', '_')}`);
    const known = describedScopes.find((one) => one === scope);
    return known ? words.text(`consent.scope.${known}`) : words.text('consent.scope.other', { name: scope });
  });
  const claims = interaction.missingClaims
    .filter((claim) => !leftClaims.has(claim))
    .map((claim) => {
      const known = describedClaims.find((one) => one === claim);
      return known
        ? words.text(`consent.claim.${known}`)
        : words.text('consent.claim.other', { name: claim });
    });
  return [...new Set([...scopes, ...claims])];
}

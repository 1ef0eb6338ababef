/**
 * The prompt `security_info`: stops a sign-in, fresh or on a live session, while methods are missing or due.
 * A relying party may ask for it (`prompt=security_info`) whatever the status.
 */
import { interactionPolicy } from 'oidc-provider';
import type { EvaluationPorts } from './evaluation.ts';
import { evaluate } from './evaluation.ts';

const { Check, Prompt } = interactionPolicy;

/** The name of the prompt, and of its key in an interaction's result. */
export const securityInfoPromptName = 'security_info';

/**
 * Makes the prompt. Its reasons are `registration_required`, `reconfirmation_due` and, where a relying party asked,
 * `security_info_prompt`. Nothing personal is in its details.
 */
export function createSecurityInfoPrompt(
  ports: EvaluationPorts,
  furtherChecks: readonly interactionPolicy.Check[] = [],
): interactionPolicy.Prompt {
  const check = (kind: 'registration_required' | 'reconfirmation_due', description: string) =>
    new Check(kind, description, 'interaction_required', async (ctx) => {
      const evaluation = await evaluationOf(ctx, ports);
      return evaluation !== null && !evaluation.passes && evaluation.status.kind === kind;
    });
  return new Prompt(
    { name: securityInfoPromptName, requestable: true },
    check('registration_required', 'the End-User has to register recovery methods'),
    check('reconfirmation_due', 'the End-User has to reconfirm recovery methods'),
    ...furtherChecks,
  );
}

const evaluations = new WeakMap<object, ReturnType<typeof evaluate>>();

/** Checks of one prompt run side by side: the first evaluates, the others share it. */
function evaluationOf(
  ctx: Parameters<typeof evaluate>[0],
  ports: EvaluationPorts,
): ReturnType<typeof evaluate> {
  const known = evaluations.get(ctx.oidc);
  if (known !== undefined) return known;
  const made = evaluate(ctx, ports);
  evaluations.set(ctx.oidc, made);
  return made;
}

/** How every method goes on a desk, from what is typed to the proof, so that one test can be about all of them. */
import { randomUUID } from 'node:crypto';
import { adminEvent } from '../../../cli/admin-event.ts';
import type { DraftView, QuestionView, Visit } from '../../../security-info/desk.ts';
import { effectivePolicy } from '../../../security-info/effective-policy.ts';
import type { ProofInput } from '../../../security-info/methods/contract.ts';
import { contractOf } from '../../../security-info/methods/registry.ts';
import { subjectOf } from '../../../security-info/operations/situation.ts';
import {
  type Channel,
  findMethod,
  type Method,
  type MethodType,
  methodTypes,
} from '../../../security-info/record.ts';
import { prefill } from '../../../security-info/transitions/prefill.ts';
import { otherThan, type TestDesk } from './open-desk.ts';

/** The policy of these tests: everything is on offer, and one method is enough. */
export const everything = { methods: [...methodTypes], methodsToRegister: 1 };

/** Types that a user registers. */
export const registrable = methodTypes.filter((type) => contractOf(type).isRegisteredByUser);
/** Types that are proved by a code that is sent. */
export const sentCode = methodTypes.filter((type) => contractOf(type).proof === 'sent_code');
/** Types that an admin can fill in. */
export const prefillable = methodTypes.filter((type) => contractOf(type).isPrefillable);

/** What a proof of each type adds to amr, by the way that its code goes at first. */
export const amrAdded: Readonly<Record<MethodType, string | null>> = {
  authenticator_app: 'otp',
  mobile_phone: 'sms',
  alternate_phone: 'sms',
  office_phone: 'tel',
  email: null,
  security_questions: 'kba',
};

/** An address of a type, the same for the same number from 0 to 9; null for types that have none. */
export function addressOf(type: MethodType, which = 0): string | null {
  const addresses: Readonly<Record<MethodType, string | null>> = {
    authenticator_app: null,
    mobile_phone: `+3361234567${which}`,
    alternate_phone: `+3361234568${which}`,
    office_phone: `+3319900123${which};ext=12`,
    email: `ada${which}@home.example`,
    security_questions: null,
  };
  return addresses[type];
}

const chosenQuestions: readonly string[] = [
  'first_pet',
  'first_car',
  'first_boss',
  'first_book',
  'first_love',
];

/** The answer to a question, as it is typed; another one for another number. */
export function answerTo(questionId: string, which = 0): string {
  return `Sésame ${chosenQuestions.indexOf(questionId)} ${'opens'.repeat(which + 1)}`;
}

/** Answers to questions that are asked. */
export function answersTo(questions: readonly Pick<QuestionView, 'questionId'>[], which = 0): ProofInput {
  return Object.fromEntries(questions.map(({ questionId }) => [questionId, answerTo(questionId, which)]));
}

/** What a person types to set a method up. */
export function typedFor(type: MethodType, which = 0): Record<string, string> {
  const address = addressOf(type, which);
  if (type === 'email') return { address: address ?? '' };
  if (address !== null) return { number: address };
  if (type === 'authenticator_app') return { name: `App ${which}` };
  const fields = chosenQuestions.flatMap((id, index) => [
    [`question${index + 1}`, id],
    [`answer${index + 1}`, answerTo(id, which)],
  ]);
  return Object.fromEntries(fields);
}

/** A registration that was begun. */
export interface Begun {
  readonly draft: DraftView;
  /** What proves it now. */
  right(): ProofInput;
  wrong(): ProofInput;
  finish(given?: ProofInput): Promise<void>;
}

/** Begins a registration. */
export async function begin(
  t: TestDesk,
  visit: Visit,
  type: MethodType,
  { which = 0, replaces = null }: { readonly which?: number; readonly replaces?: string | null } = {},
): Promise<Begun> {
  const draft = await t.desk.beginRegistration(visit, type, typedFor(type, which), replaces);
  const right = (): ProofInput => {
    const address = addressOf(type, which);
    if (address !== null) return t.codeTo(address);
    return draft.setup === null ? answersTo(draft.questions, which) : t.appCode(draft.setup.key);
  };
  const wrong = (): ProofInput => wrongInsteadOf(right());
  return {
    draft,
    right,
    wrong,
    finish: (given = right()) => t.desk.finishRegistration(visit, type, draft.id, given),
  };
}

/** The same kind of proof, and wrong. */
export function wrongInsteadOf(right: ProofInput): ProofInput {
  if (typeof right === 'string') return otherThan(right);
  return Object.fromEntries(Object.keys(right).map((questionId) => [questionId, 'open barley']));
}

/** A method that is there, and how its user proves it. */
export interface Present {
  readonly id: string;
  readonly type: MethodType;
  /** What proves it now; sends a code where that is how. */
  right(visit: Visit): Promise<ProofInput>;
  prove(visit: Visit): Promise<void>;
  read(): Promise<Method>;
}

/** Fills a method in, as an admin does. */
export async function fillIn(t: TestDesk, type: MethodType, which = 0): Promise<Present> {
  const { account } = t.visit();
  const methodId = randomUUID();
  const policy = effectivePolicy(await t.models.policies.latest(), subjectOf(account));
  const address = addressOf(type, which) ?? '';
  const now = t.models.clock.now();
  const filling = { account, policy, keys: t.models.keys, now, methodId, type, address };
  const event = adminEvent('method_prefilled', now, { accountId: account.id });
  await t.models.records.change(account.id, prefill(filling, event));
  return present(t, type, methodId, { which });
}

/** Registers a method, or has it filled in and proves it where its user may not. */
export async function register(
  t: TestDesk,
  visit: Visit,
  type: MethodType,
  parts: { readonly which?: number; readonly replaces?: string | null } = {},
): Promise<Present> {
  if (!contractOf(type).isRegisteredByUser) {
    const filledIn = await fillIn(t, type, parts.which);
    await filledIn.prove(visit);
    return filledIn;
  }
  const begun = await begin(t, visit, type, parts);
  await begun.finish();
  const { methods } = await t.read();
  const made = methods.find(({ registeredBy }) => registeredBy === begun.draft.id);
  if (made === undefined) throw new Error(`no ${type} was registered`);
  return present(t, type, made.id, { which: parts.which ?? 0, secret: begun.draft.setup?.key });
}

function present(
  t: TestDesk,
  type: MethodType,
  id: string,
  { which = 0, secret }: { readonly which?: number | undefined; readonly secret?: string | undefined },
): Present {
  const right = async (visit: Visit): Promise<ProofInput> => {
    if (secret !== undefined) return t.appCode(secret);
    const { questions } = await t.desk.sendProofCode(visit, id);
    return questions.length > 0 ? answersTo(questions, which) : t.codeTo(addressOf(type, which) ?? '');
  };
  return {
    id,
    type,
    right,
    prove: async (visit) => t.desk.prove(visit, id, await right(visit)),
    async read() {
      const method = findMethod(await t.read(), id);
      if (method === undefined) throw new Error(`the ${type} is gone`);
      return method;
    },
  };
}

/** The proofs of a sign-in, oldest first. */
export async function proofsOf(t: TestDesk, visit: Visit) {
  return (await t.models.flows.read(visit.flowKey))?.proofs ?? [];
}

/** What went to an address, and how. */
export function wentTo(t: TestDesk, address: string | null): Channel[] {
  const mails = t.sent.filter(({ to }) => to === address).map((): Channel => 'mail');
  return [
    ...mails,
    ...t.toPhones.filter(({ message }) => message.to === address).map(({ channel }) => channel),
  ];
}

/** The methods that a person of a journey is given, as a record holds them: sealed and digested as the code does it. */
import { randomUUID } from 'node:crypto';
import { generateSecret } from 'otplib';
import { answerDigest } from '../../security-info/answer-proof.ts';
import { normaliseAnswer } from '../../security-info/methods/answers.ts';
import { questionIds } from '../../security-info/methods/question-pool.ts';
import type { Account, Ports } from '../../security-info/ports.ts';
import type { Method, MethodType, RegisteredAnswer } from '../../security-info/record.ts';
import { emptyMethod } from '../../security-info/record.ts';
import { addressHash, sealAddress, sealSecret } from '../../security-info/sealing.ts';

/** A method that a person is given. */
export interface GivenMethod {
  readonly type: MethodType;
  /** Of mail and phones; one of the person's own where absent. */
  readonly address?: string;
  /** Of security questions, by the id of the question; to the first five of the pool where absent. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Null: prefilled by an admin, not proved. */
  readonly verifiedDaysAgo: number | null;
  readonly proveAnewDaysAgo?: number;
}

/** What a person was given. */
export interface Given {
  readonly methods: readonly Method[];
  /** The secrets of the authenticator apps, in order. */
  readonly secrets: readonly string[];
  /** Addresses and numbers by type. */
  readonly addresses: Readonly<Partial<Record<MethodType, string>>>;
}

const day = 86_400_000;

/** What everybody here answers to a question. */
export function answerTo(questionId: string): string {
  return `Quokka ${[...questionId].reverse().join('')}`;
}

/** An address of somebody's own; the numbers are reserved for fiction (Bundesnetzagentur, NANPA, Arcep). */
function ownAddress(type: MethodType, person: number): string | null {
  const lastDigits = String(person).padStart(2, '0');
  if (type === 'email') return `person${person}@home.example`;
  if (type === 'mobile_phone') return `+4917139200${lastDigits}`;
  if (type === 'alternate_phone') return `+120255501${lastDigits}`;
  return type === 'office_phone' ? `+331990099${lastDigits}` : null;
}

/** Makes the methods of an account. @param person its number, for its own addresses */
export async function giveMethods(
  given: readonly GivenMethod[],
  account: Account,
  person: number,
  { keys, answerHasher, clock }: Pick<Ports, 'keys' | 'answerHasher' | 'clock'>,
): Promise<Given> {
  const secrets: string[] = [];
  const addresses: Partial<Record<MethodType, string>> = {};
  const ago = (days: number): Date => new Date(clock.now().getTime() - days * day);

  async function methodOf(one: GivenMethod): Promise<Method> {
    const id = randomUUID();
    const at = one.verifiedDaysAgo === null ? null : ago(one.verifiedDaysAgo);
    const method: Method = {
      ...emptyMethod(id, one.type),
      verifiedAt: at,
      confirmedAt: at,
      prefilledAt: at === null ? clock.now() : null,
      proveAnewAt: one.proveAnewDaysAgo === undefined ? null : ago(one.proveAnewDaysAgo),
    };
    const address = one.address ?? ownAddress(one.type, person);
    if (address !== null) {
      addresses[one.type] = address;
      return {
        ...method,
        addressCiphertext: sealAddress(keys, account.id, id, address),
        addressHash: addressHash(keys, one.type, address),
      };
    }
    if (one.type === 'security_questions') return { ...method, answers: await answersOf(one) };
    const secret = generateSecret({ length: 20 });
    secrets.push(secret);
    return { ...method, secretCiphertext: sealSecret(keys, account.id, id, secret) };
  }

  function answersOf({ answers }: GivenMethod): Promise<RegisteredAnswer[]> {
    const all = answers ?? Object.fromEntries(questionIds.slice(0, 5).map((id) => [id, answerTo(id)]));
    return Promise.all(
      Object.entries(all).map(async ([questionId, answer]) => ({
        questionId,
        customText: null,
        answerHash: await answerHasher.hash(
          answerDigest(keys, account.id, questionId, normaliseAnswer(answer)),
        ),
      })),
    );
  }

  const methods: Method[] = [];
  for (const one of given) methods.push(await methodOf(one));
  return { methods, secrets, addresses };
}

/**
 * What a tester needs in order to prove as a demo account, for the mailbox page: the secrets of authenticator apps and
 * the answers to security questions. Of demo accounts only.
 */
import type { Ports } from '../security-info/ports.ts';
import { isVerified } from '../security-info/record.ts';
import { openSecret } from '../security-info/sealing.ts';
import { type DemoAnswer, demoAccounts } from './accounts.ts';
import type { SeedTarget } from './seed.ts';

/** An authenticator app of a demo account. */
export interface DemoAuthenticator {
  readonly loginName: string;
  /** In base32. */
  readonly secret: string;
}

/** The security questions of a demo account. */
export interface DemoQuestions {
  readonly loginName: string;
  readonly answers: readonly DemoAnswer[];
}

/** All that the mailbox page shows of the demo accounts. */
export interface DemoProofs {
  readonly authenticators: readonly DemoAuthenticator[];
  readonly questions: readonly DemoQuestions[];
}

/** Where the demo accounts and their records are. */
export interface ProofSource {
  readonly directory: Pick<SeedTarget['directory'], 'findByLoginName'>;
  readonly ports: Pick<Ports, 'keys'> & { readonly records: Pick<Ports['records'], 'read'> };
}

/** What proves the demo accounts now: apps that were set up since among them, answers only while they are the first. */
export async function demoProofs({ directory, ports: { keys, records } }: ProofSource): Promise<DemoProofs> {
  const authenticators: DemoAuthenticator[] = [];
  const questions: DemoQuestions[] = [];
  for (const { loginName, methods } of demoAccounts) {
    const account = await directory.findByLoginName(loginName);
    if (!account) continue;
    for (const method of (await records.read(account.id)).methods.filter(isVerified)) {
      const secret = openSecret(keys, account.id, method);
      const named = method.name === null ? loginName : `${loginName} · ${method.name}`;
      if (secret !== null) authenticators.push({ loginName: named, secret });
      // What somebody has answered anew is known to nobody else.
      if (method.type !== 'security_questions' || method.registeredBy !== null) continue;
      questions.push({ loginName, answers: methods.flatMap((one) => ('answers' in one ? one.answers : [])) });
    }
  }
  return { authenticators, questions };
}

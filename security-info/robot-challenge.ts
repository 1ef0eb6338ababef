/** The port for a host's own way to tell people from programs, before a reset begins. */

/**
 * A host's own way to tell people from programs, before a reset begins. It is a question in words with an answer in
 * words, for pages work without script.
 */
export interface RobotChallenge {
  /** @param locale BCP 47 language of the page */
  ask(locale: string): Promise<{ readonly question: string; readonly token: string }>;
  /** Whether this is an answer of a person; each token answers once. */
  check(token: string, answer: string, callerAddress: string | null): Promise<boolean>;
}

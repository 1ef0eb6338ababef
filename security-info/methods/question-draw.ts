/** Which of somebody's security questions are asked: drawn without bias, and the same for the same seed. */
import { createHash } from 'node:crypto';

/** One byte chooses among so many. */
const mostDrawable = 256;

/**
 * Draws `count` of the questions, fewer where there are fewer, in the order in which they are to be asked.
 * The order of `answers` does not matter.
 * @param seed a keyed digest that changes with each wrong answer and with nothing that the person asked can bring
 * about: then opening the page again, or another flow, draws the same
 * @throws {RangeError} when there are more questions than a byte can choose among
 */
export function drawQuestions(
  answers: readonly { readonly questionId: string }[],
  count: number,
  seed: string,
): string[] {
  const left = [...new Set(answers.map(({ questionId }) => questionId))].sort();
  if (left.length > mostDrawable) throw new RangeError(`at most ${mostDrawable} questions can be drawn from`);
  const bytes = bytesFrom(seed);
  const drawn: string[] = [];
  // Fisher and Yates: each draw takes one of what is left.
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(below(left.length, bytes), 1));
  return drawn;
}

/** A number from 0 to `limit` - 1. Bytes that would make the lower ones more likely are passed over. */
function below(limit: number, bytes: Iterator<number, never>): number {
  const fair = mostDrawable - (mostDrawable % limit);
  let byte = bytes.next().value;
  while (byte >= fair) byte = bytes.next().value;
  return byte % limit;
}

function* bytesFrom(seed: string): Generator<number, never> {
  for (let block = 0; ; block += 1) {
    yield* createHash('sha256').update(`${seed}:${block}`).digest();
  }
}

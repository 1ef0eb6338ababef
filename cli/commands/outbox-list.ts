/** `outbox list`: the notices that were given up, by what they tell and why they did not go out; never to where. */
import type { DeadLetter } from '../../security-info/dead-letters.ts';
import type { Command } from '../command.ts';
import { textTable } from '../text-table.ts';

/** Messages per read. */
const pageSize = 200;

/** A message as it is shown: its address stays sealed. */
interface ShownMessage {
  readonly key: string;
  readonly event: string;
  readonly accountId: string | null;
  readonly loginName: string | null;
  readonly channel: string;
  readonly happenedAt: Date;
  readonly diedAt: Date;
  readonly tries: number;
  readonly reason: string | null;
}

/** The command. */
export const outboxList: Command = {
  name: 'outbox list',
  summary: 'List the notices that were given up, with the reason.',
  argument: null,
  options: {},
  note: "How many still wait, 'job run deliver --dry-run' tells. 'outbox retry' has notices tried again.",
  read: () => ({
    on: 'deployment',
    run: async ({ deadLetters, directory }, { signal }) => {
      const shown: ShownMessage[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof deadLetters.listDead>> = await deadLetters.listDead({
          cursor,
          limit: pageSize,
        });
        for (const message of page.messages) {
          const { accountId } = message.event;
          const account = accountId === null ? undefined : await directory.findById(accountId);
          shown.push(shownOf(message, account?.loginName ?? null));
        }
        cursor = page.nextCursor;
      } while (cursor !== null && !signal.aborted);
      return { json: shown, text: tableOf(shown) };
    },
  }),
};

function shownOf(
  { key, event, recipient, diedAt, tries, lastError }: DeadLetter,
  loginName: string | null,
): ShownMessage {
  const { type, accountId, at } = event;
  const { channel } = recipient;
  return {
    key,
    event: type,
    accountId,
    loginName,
    channel,
    happenedAt: at,
    diedAt,
    tries,
    reason: lastError,
  };
}

function tableOf(messages: readonly ShownMessage[]): string {
  if (messages.length === 0) return 'No notice was given up.';
  return textTable(
    ['NOTICE', 'TELLS', 'TO', 'BY', 'HAPPENED', 'TRIES', 'REASON'],
    messages.map(({ key, event, loginName, accountId, channel, happenedAt, tries, reason }) => [
      key,
      event,
      loginName ?? accountId ?? '',
      channel,
      happenedAt.toISOString().slice(0, 16).replace('T', ' '),
      String(tries),
      reason ?? '',
    ]),
  );
}

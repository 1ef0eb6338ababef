/** The jobs with their last and next run, and the notices that were given up, to be tried again. */
import { z } from 'zod';
import type { Translator } from '../../../locales/translator.ts';
import { activityKey } from '../../../security-info/audit-catalogue.ts';
import type { DeadLetter } from '../../../security-info/dead-letters.ts';
import type { ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';
import { queryOf } from '../refusal.ts';
import { sections } from '../sections.ts';

const pageSize = 50;
const dayMilliseconds = 86_400_000;

const retry = z.object({ key: z.string().min(1).max(300) });
/** What a retry comes back with: how many, or that it was gone. */
const done = z.object({ retried: z.coerce.number().int().min(0).max(1_000_000_000) });

/** Adds the pages. */
export function jobPages(table: ConsoleTable, { listJobs, deadLetters, ports }: ConsoleParts): void {
  const base = sections.jobs;

  table.get(base, 'jobs', async ({ ctx, words, show }) => {
    const given = queryOf(ctx.query);
    const { cursor = null } = given;
    const [jobs, dead] = await Promise.all([listJobs(), deadLetters.listDead({ cursor, limit: pageSize })]);
    const retried = done.safeParse(given).data?.retried;
    const now = ports.clock.now();
    await show('admin/jobs/jobs', {
      done: retried === undefined ? null : words.text('admin_jobs.retried', { count: retried }),
      jobs: jobs.map(({ name, ...job }) => ({ ...job, name, title: titleOf(name, words) })),
      letters: dead.messages.map((letter) => shown(letter, now, words)),
      nextCursor: dead.nextCursor,
      isFirstPage: cursor === null,
    });
  });

  table.post(`${base}/retry`, 'jobs', async ({ form, goTo }) => {
    const { data } = retry.safeParse(form);
    const isRetried = data !== undefined && (await deadLetters.retryDead(data.key));
    goTo(`${base}?retried=${isRetried ? 1 : 0}`);
  });

  table.post(`${base}/retry-all`, 'jobs', async ({ goTo }) => {
    goTo(`${base}?retried=${await deadLetters.retryAllDead()}`);
  });
}

function titleOf(name: string, words: Translator): string {
  const key = `admin_jobs.name.${name.replaceAll('-', '_')}`;
  return words.has(key) ? words.text(key) : name;
}

/** No address, and nobody's name: what it told of, why it did not arrive, and how old it is. */
function shown(
  { key, lastError, createdAt, diedAt, tries, recipient, event }: DeadLetter,
  now: Date,
  words: Translator,
) {
  const about = activityKey(event);
  return {
    key,
    about: about === null ? event.type : words.text(about),
    channel: recipient.channel,
    reason: lastError,
    tries,
    diedAt,
    days: Math.max(0, Math.floor((now.getTime() - createdAt.getTime()) / dayMilliseconds)),
  };
}

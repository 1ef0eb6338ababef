/** The first page of the console: coverage, methods, what becomes due and what failed, all from the daily snapshots. */
import type { Translator } from '../../../locales/translator.ts';
import type { ReportSnapshot } from '../../../security-info/admin/report-snapshot.ts';
import { activityKey } from '../../../security-info/audit-catalogue.ts';
import { daysFrom } from '../../../security-info/reports/tallies.ts';
import { barChart, lineChart } from '../charts.ts';
import type { ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';

const dayMilliseconds = 86_400_000;
/** How far the charts look back, in days. */
const daysBack = 90;
/** Days whose failures are added up. */
const failureDays = 7;

/** Adds the page. */
export function overviewPages(table: ConsoleTable, { snapshots, deadLetters, ports }: ConsoleParts): void {
  table.get('/', 'overview', async ({ words, show }) => {
    const now = ports.clock.now();
    const days = daysFrom(new Date(now.getTime() - daysBack * dayMilliseconds), daysBack + 1);
    const [kept, { messages }] = await Promise.all([
      snapshots.list({ from: days[0] ?? '', to: days.at(-1) ?? '' }),
      deadLetters.listDead({ cursor: null, limit: 1 }),
    ]);
    const latest = kept.at(-1);
    await show('admin/overview/overview', {
      hasDeadLetters: messages.length > 0,
      report: latest === undefined ? null : reportOf(kept, latest, words),
    });
  });
}

function reportOf(kept: readonly ReportSnapshot[], latest: ReportSnapshot, words: Translator) {
  const dayName = (day: string): string => words.date(new Date(`${day}T00:00:00Z`));
  const dueDays = daysFrom(latest.takenAt, latest.dueByDay.length);
  const due = latest.dueByDay.map((count, ahead) => ({ label: dayName(dueDays[ahead] ?? ''), count }));
  return {
    latest,
    share: latest.inScope === 0 ? null : Math.floor((latest.registered / latest.inScope) * 100),
    coverage: {
      chart: lineChart(
        kept.map(({ day }) => dayName(day)),
        (['inScope', 'registered', 'capable'] as const).map((name) => ({
          name,
          values: kept.map((snapshot) => snapshot[name]),
        })),
      ),
      rows: [...kept].reverse().map(({ day, ...counts }) => ({ day: dayName(day), ...counts })),
    },
    methods: methodsOf(latest, words),
    due: {
      chart: barChart(due),
      rows: due.filter(({ count }) => count > 0),
      total: due.reduce((sum, { count }) => sum + count, 0),
    },
    failures: failuresOf(kept.slice(-failureDays), words),
  };
}

/** The most used first. */
function methodsOf({ byMethod, inScope }: ReportSnapshot, words: Translator) {
  return Object.entries(byMethod)
    .map(([type, count]) => ({
      name: words.text(`method.type.${type}.name`),
      count,
      share: inScope === 0 ? 0 : Math.round((count / inScope) * 100),
    }))
    .sort((a, b) => b.count - a.count);
}

/** What failed on these days, the most frequent first. */
function failuresOf(snapshots: readonly ReportSnapshot[], words: Translator) {
  const counts = new Map<string, number>();
  for (const { type, failure } of snapshots.flatMap(({ events }) => events)) {
    if (failure > 0) counts.set(type, (counts.get(type) ?? 0) + failure);
  }
  return [...counts]
    .map(([type, count]) => {
      const key = activityKey({ type, actor: 'user' });
      return { type, name: key === null ? type : words.text(key), count };
    })
    .sort((a, b) => b.count - a.count);
}

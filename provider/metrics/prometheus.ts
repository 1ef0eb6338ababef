/** The counters of a process in Prometheus's text format. No label has a value that a request or a person chooses. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DomainEvent, EventType } from '../../security-info/events.ts';
import type { Meter } from './meter.ts';

/** The meter, and the registry that it counts in. */
export interface PrometheusMeter {
  readonly meter: Meter;
  readonly registry: Registry;
}

/** What ends or begins at the reset portal, as it is called there. */
const resetOutcomes: ReadonlyMap<EventType, string> = new Map([
  ['reset_started', 'started'],
  ['reset_blocked', 'blocked'],
  ['password_reset', 'password_reset'],
  ['account_unlocked_by_user', 'unlocked'],
  ['help_requested', 'help_requested'],
]);

/** The prompt's reasons (interaction-policy/security-info.ts, and the library's own for a requested prompt). */
const reasons = ['registration_required', 'reconfirmation_due', 'security_info_prompt'];

/** Makes the counters of a process. */
export function createPrometheusMeter(): PrometheusMeter {
  const registry = new Registry();
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const interrupted = counter('security_info_sign_ins_interrupted_total', 'Sign-ins that were stopped.', [
    'reason',
  ]);
  const registered = counter('security_info_methods_registered_total', 'Methods that were registered.', [
    'method',
  ]);
  const proofs = counter('security_info_proofs_total', 'Proofs of methods, by how they were judged.', [
    'method',
    'result',
  ]);
  const resets = counter('security_info_resets_total', 'What became of visits to the reset portal.', [
    'outcome',
  ]);
  const sends = counter('security_info_sends_total', 'Messages that were handed to a sender.', [
    'channel',
    'kind',
    'result',
  ]);
  const marked = counter('security_info_accounts_marked_total', 'Accounts marked by their date.', []);
  const events = counter('security_info_events_total', 'Events, by their type in the audit catalogue.', [
    'type',
    'result',
  ]);
  const jobRuns = counter('security_info_job_runs_total', 'Runs of jobs on this node.', ['job', 'result']);
  const jobSuccess = gauge(
    'security_info_job_last_success_timestamp_seconds',
    'When a run of the job last succeeded on this node.',
    ['job'],
  );
  const jobSeconds = gauge('security_info_job_duration_seconds', 'How long the latest run took.', ['job']);
  const requests = counter('http_requests_total', 'Requests that were answered.', [
    'route',
    'method',
    'status',
  ]);
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long answers took, from the request to the last byte.',
    labelNames: ['route', 'method'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  collectDefaultMetrics({ register: registry });

  const countEvent = ({ type, result, methodType }: DomainEvent): void => {
    events.inc({ type, result });
    const method = methodType ?? 'none';
    if (type === 'method_registered') registered.inc({ method });
    if (type === 'method_proved') proofs.inc({ method, result: 'right' });
    if (type === 'proof_refused') proofs.inc({ method, result: 'wrong' });
    const outcome = resetOutcomes.get(type);
    if (outcome !== undefined) resets.inc({ outcome });
  };

  return {
    registry,
    meter: {
      events: (written) => {
        for (const event of written) countEvent(event);
      },
      marked: (count) => marked.inc(count),
      sent: (channel, kind, result) => sends.inc({ channel, kind, result }),
      interrupted: (given) => {
        for (const reason of given) {
          interrupted.inc({ reason: reasons.includes(reason) ? reason : 'other' });
        }
      },
      jobRun: (job, { isDone, seconds, endedAt }) => {
        jobRuns.inc({ job, result: isDone ? 'done' : 'failed' });
        jobSeconds.set({ job }, seconds);
        if (isDone) jobSuccess.set({ job }, endedAt.getTime() / 1000);
      },
      request: ({ route, method, status, seconds }) => {
        requests.inc({ route, method, status: String(status) });
        durations.observe({ route, method }, seconds);
      },
    },
  };
}

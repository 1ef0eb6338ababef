/**
 * When jobs run: each by its cron expression, in UTC. The only file that knows the cron library.
 * Which node runs a tick is tick.ts's matter, what a job does its own file's.
 */
import { createTask, validate } from 'node-cron';

/** True for a cron expression of five fields (minute, hour, day, month, weekday). */
export function isValidSchedule(expression: string): boolean {
  return expression.trim().split(/\s+/).length === 5 && validate(expression);
}
void createTask;

/** The lock file of a store's directory: which process owns it, where it listens, and whether it still lives. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const holderSchema = z.object({
  pid: z.int(),
  startedAt: z.string(),
  host: z.string(),
  socket: z.string(),
});

/** Who owns a directory. */
export type Holder = z.infer<typeof holderSchema>;

function fileIn(directory: string): string {
  return join(directory, 'lock');
}

/** When a process began, which tells it from a later one with its number; '' where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** This process as a holder. */
export function selfAsHolder(socket: string): Holder {
  return { pid: process.pid, startedAt: startOf(process.pid), host: hostname(), socket };
}

/** Who the lock file names; `undefined` when there is none, or one that was never finished. */
export function readHolder(directory: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(fileIn(directory), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Names the holder, in one step. Only to be called by who has the storage to himself. */
export function writeHolder(directory: string, holder: Holder): void {
  const file = `${fileIn(directory)}.${holder.pid}`;
  writeFileSync(file, JSON.stringify(holder), { mode: 0o600 });
  renameSync(file, fileIn(directory));
}

/** Removes the lock file, if it still names this holder. */
export function removeHolder(directory: string, holder: Holder): void {
  if (readHolder(directory)?.socket === holder.socket) rmSync(fileIn(directory), { force: true });
}

/** True when the process that is named cannot be there any more. Of another machine nobody can say. */
export function isGone({ pid, startedAt, host }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true;
  }
  return startedAt !== '' && startOf(pid) !== startedAt;
}

/** True when someone listens on the socket. */
export function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const end = (answer: boolean) => {
      connection.destroy();
      resolve(answer);
    };
    connection.once('connect', () => end(true));
    connection.once('error', () => end(false));
  });
}

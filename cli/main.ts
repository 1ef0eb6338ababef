/**
 * The command line as a process: its settings, streams and Ctrl-C. What a line does is run.ts's. The deployment is
 * loaded only when a command opens one, so that `--help` and `keys generate` need neither settings nor a store.
 */
import { open, readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { loadTranslators } from '../locales/translator.ts';
import { environment, readSettings } from '../provider/config.ts';
import { packageFolder } from '../provider/package-folder.ts';
import type { AdministeredDeployment } from './deployment.ts';
import { UsageError } from './failures.ts';
import { run } from './run.ts';

/** Standard input at most: a policy is far smaller. */
const longestInput = 1_000_000;

/**
 * Runs one command line and sets the exit code of the process.
 * @param line the words after the program's name
 */
export async function startCommandLine(line: readonly string[]): Promise<void> {
  const stopping = new AbortController();
  // A second Ctrl-C ends the process at once, as without us.
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  // Whoever reads us, such as head, may have read enough.
  process.stdout.on('error', () => stopping.abort());
  process.exitCode = await run(line, {
    print: (text) => void process.stdout.write(`${text}\n`),
    write: (text) => new Promise((resolve) => void process.stdout.write(text, () => resolve())),
    tell: (text) => void process.stderr.write(`${text}\n`),
    readInput,
    readFile: readGivenFile,
    openFile: openGivenFile,
    writeFile: (path, texts) => writeTexts(path, texts),
    signal: stopping.signal,
    now: () => new Date(),
    words: loadTranslators(packageFolder('locales')).in('en'),
    open: openDeployment,
  });
}

async function openDeployment(): Promise<AdministeredDeployment> {
  // What goes wrong is told by the command itself; the server's log lines would only be mixed into its answer.
  const settings = { ...readSettings(environment()), logLevel: 'silent' as const };
  const { openComposition } = await import('../provider/composition.ts');
  return openComposition(settings);
}

async function readGivenFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`The file ${path} cannot be read.`);
  }
}

async function openGivenFile(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return process.stdin;
  try {
    const file = await open(path);
    if ((await file.stat()).isDirectory()) throw new Error('a folder');
    return file.createReadStream();
  } catch {
    throw new UsageError(`The file ${path} cannot be read.`);
  }
}

async function writeTexts(path: string | null, texts: AsyncIterable<string>): Promise<void> {
  if (path === null) return pipeline(texts, process.stdout, { end: false });
  const file = await open(path, 'w', 0o600).catch(() => {
    throw new UsageError(`The file ${path} cannot be written.`);
  });
  await pipeline(texts, file.createWriteStream());
}

async function readInput(): Promise<string | null> {
  if (process.stdin.isTTY) return null;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > longestInput) throw new UsageError(`Standard input is longer than ${longestInput} bytes.`);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Runs one command line: finds the command, reads its arguments, opens the deployment where one is needed, prints the
 * answer or the failure. Settings, streams and signals are main.ts's.
 */
import { parseLine } from './arguments.ts';
import type { Action, Answer, Command, Terminal } from './command.ts';
import { commands } from './commands.ts';
import type { AdministeredDeployment } from './deployment.ts';
import { describeFailure, exitCodes, UsageError } from './failures.ts';
import { describeCommand, describeCommands } from './help.ts';

/** What a command line runs in. */
export interface Host extends Terminal {
  /** The answer: standard output. */
  print(text: string): void;
  /** @throws {InvalidSettings | StoreUnreachable} when there is no deployment to open */
  open(): Promise<AdministeredDeployment>;
}

/**
 * Runs a command line.
 * @param line the words after the program's name
 * @returns the exit code
 */
export async function run(line: readonly string[], host: Host): Promise<number> {
  const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h' || word === 'help';
  if (line.length === 0 || isHelp(line[0])) {
    const text = describeCommands(commands);
    if (line.length > 0) host.print(text);
    else host.tell(text);
    return line.length === 0 ? exitCodes.usage : exitCodes.done;
  }
  try {
    const group = commands.filter(({ name }) => name.split(' ', 1)[0] === line[0]);
    if (group.some(({ name }) => name.includes(' ')) && isHelp(line[1])) {
      host.print(describeCommands(group));
      return exitCodes.done;
    }
    const command = findCommand(line, group);
    const { given, wantsHelp, wantsJson } = parseLine(command, line.slice(command.name.split(' ').length));
    if (wantsHelp) {
      host.print(describeCommand(command));
      return exitCodes.done;
    }
    const answer = await perform(command.read(given), host);
    const text = wantsJson ? inJson(answer) : answer.text;
    if (text !== '') host.print(text);
    return answer.isFailure ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    const report = describeFailure(error, host.words);
    host.tell(line.includes('--json') ? JSON.stringify({ error: report }, null, 2) : report.message);
    return ['usage', 'invalid_settings'].includes(report.code) ? exitCodes.usage : exitCodes.failed;
  }
}

function inJson({ json }: Answer): string {
  return json === undefined ? '' : JSON.stringify(json, null, 2);
}

function findCommand(line: readonly string[], group: readonly Command[]): Command {
  const [first = '', second = ''] = line;
  const found = group.find(({ name }) => name === `${first} ${second}` || name === first);
  if (found) return found;
  const choices = (group.length > 0 ? group : commands).map(({ name }) => `  ${name}`).join('\n');
  const what =
    group.length > 0 && second === '' ? `'${first}' what?` : `There is no command '${first} ${second}'.`;
  throw new UsageError(`${what.replace(" '.", "'.")} There are:\n${choices}`);
}

async function perform(action: Action, host: Host): Promise<Answer> {
  if (action.on === 'nothing') return action.run(host);
  const deployment = await host.open();
  try {
    return await action.run(deployment, host);
  } finally {
    await deployment.close();
  }
}

/** The help texts, made from the commands' own descriptions. */
import { commonOptions } from './arguments.ts';
import type { Command, OptionDescription } from './command.ts';

const program = 'oidc-security-info';
const width = 30;

/** What there is: one line a command. */
export function describeCommands(commands: readonly Command[]): string {
  return [
    `Usage: ${program} <command> [options]`,
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width - 2)}${summary}`),
    '',
    `'${program} <command> --help' tells more. The settings are those of the server: the environment and .env.`,
    'Exit codes: 0 done, 1 failed, 2 wrong arguments or settings.',
  ].join('\n');
}

/** What one command does and takes. */
export function describeCommand(command: Command): string {
  const { name, summary, argument, options, note } = command;
  const rows: [string, string][] = [
    ...(argument === null ? [] : [[`<${argument.name}>`, argument.doc] satisfies [string, string]]),
    ...Object.entries<OptionDescription>({ ...options, ...commonOptions }).map(
      ([option, { value, isRepeatable, doc }]): [string, string] => [
        `--${option}${value === undefined ? '' : ` <${value}>`}`,
        isRepeatable ? `${doc} May be given several times.` : doc,
      ],
    ),
  ];
  return [
    `Usage: ${program} ${name}${usageOf(argument)} [options]`,
    '',
    summary,
    '',
    ...rows.map(([what, doc]) =>
      what.length + 2 < width ? `  ${what.padEnd(width - 2)}${doc}` : `  ${what}\n${' '.repeat(width)}${doc}`,
    ),
    ...(note === null ? [] : ['', note]),
  ].join('\n');
}

function usageOf(argument: Command['argument']): string {
  if (argument === null) return '';
  const word = `<${argument.name}>${argument.isRepeatable ? '…' : ''}`;
  return argument.isRequired ? ` ${word}` : ` [${word}]`;
}

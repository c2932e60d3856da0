import { Command, CommanderError } from 'commander';
import { WebhookError } from '../errors/webhook.error.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { EXIT_CODES } from './help-texts.js';
import { list } from './list.command.js';
import type { Terminal } from './terminal.js';
import { addTrigger } from './trigger/trigger.program.js';
import { addVerify } from './verify/verify.program.js';

/**
 * Runs a command.
 *
 * @param args the arguments after the command's name
 * @returns the exit code
 * @internal
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.right;
  const program = createProgram(terminal, (result) => (code = result));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.right : EXIT.usage;
    // The messages of the library's own errors hold no secret.
    if (!(error instanceof WebhookError)) throw error;
    terminal.err(`error: ${error.message}\n`);
    return EXIT.usage;
  }
}

function createProgram(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('nestjs-hookline')
    .description('Sends signed webhooks to an application, and checks captured ones.')
    .version(terminal.version)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(--help shows the usage)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ nestjs-hookline list
  $ nestjs-hookline trigger stripe invoice.paid --to http://localhost:3000/webhooks/stripe
  $ nestjs-hookline verify github --headers headers.txt --body body.json
${EXIT_CODES}`,
    );

  addTrigger(program, terminal, done);
  addVerify(program, terminal, done);
  program
    .command('list')
    .summary('show the providers, and the types of their sample events')
    .description('Shows the providers, and the types of their sample events.')
    .argument('[provider]', 'only this provider')
    .addHelpText('after', `\nExamples:\n  $ nestjs-hookline list\n  $ nestjs-hookline list stripe`)
    .action((provider: string | undefined) => done(list(provider, terminal)));

  return program;
}

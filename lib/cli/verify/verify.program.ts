import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import { ACCOUNT, EXIT_CODES, SECRET_HELP } from '../help-texts.js';
import { SECRET_VARIABLE } from '../secret.js';
import type { Terminal } from '../terminal.js';
import { verify, type VerifyOptions } from './verify.command.js';

const HELP = `${SECRET_HELP}

Examples:
  $ read -rs ${SECRET_VARIABLE} && export ${SECRET_VARIABLE}
  $ nestjs-hookline verify stripe --headers headers.txt --body body.json
  $ nestjs-hookline verify stripe --headers headers.txt --body body.json --at 2026-01-31T12:00:00Z
${EXIT_CODES}`;

/** Declares the command `verify`. */
export function addVerify(
  program: Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  program
    .command('verify')
    .summary('check a captured request, and say what is wrong with it')
    .description(
      'Checks the signature of a captured request. If it is refused, says what is wrong, and shows\n' +
        'what the provider must have signed, part by part and with escapes.',
    )
    .argument('<provider>', 'who sent it; see `list`')
    .requiredOption('--headers <file>', "its headers: lines 'Name: value', or an object in JSON")
    .requiredOption('--body <file>', 'the bytes of its body, as they were received')
    .option('--secret <secret>', 'secret that the provider has for the endpoint')
    .option('--secret-file <file>', 'file that holds the secret')
    .option('--account <name>', ACCOUNT)
    .option('--url <url>', 'URL that the provider posted to, if it signs it', 'http://localhost/')
    .option('--method <method>', 'HTTP method', 'POST')
    .option('--at <time>', 'when it was received, such as 2026-01-31T12:00:00Z (default: now)')
    .addHelpText('after', HELP)
    .action(async (provider: string, options: VerifyOptions) =>
      done(await verify(provider, options, terminal)),
    );
}

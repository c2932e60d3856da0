import { Option, type Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import { ACCOUNT, EXIT_CODES, SECRET_HELP } from '../help-texts.js';
import { httpUrl, wholeNumber } from '../option-values.js';
import { SECRET_VARIABLE } from '../secret.js';
import type { Terminal } from '../terminal.js';
import { TAMPERINGS } from './tampering.js';
import { trigger, type TriggerOptions } from './trigger.command.js';

const HELP = `${SECRET_HELP}

Examples:
  $ read -rs ${SECRET_VARIABLE} && export ${SECRET_VARIABLE}
  $ nestjs-hookline trigger stripe invoice.paid --to http://localhost:3000/webhooks/stripe
  $ nestjs-hookline trigger stripe invoice.paid --to ... --data invoice.json
  $ nestjs-hookline trigger stripe invoice.paid --to ... --times 1000 --concurrency 10
  $ nestjs-hookline trigger stripe invoice.paid --to ... --tamper signature

--tamper body       changes the body after it was signed
--tamper signature  signs with another secret
--tamper timestamp  signs as of a month ago, as if somebody had kept the request
${EXIT_CODES}`;

/** Says how `trigger` is used. */
export function addTrigger(
  program: Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  program
    .command('trigger')
    .summary('sign a sample event as its provider does, and post it')
    .description('Signs a sample event as its provider does, posts it, and prints status and time.')
    .argument('<provider>', 'who sends it; see `list`')
    .argument('<type>', 'type of the event; see `list`')
    .requiredOption(
      '--to <url>',
      'where to post it, such as http://localhost:3000/webhooks/stripe',
      httpUrl,
    )
    .option('--secret <secret>', 'secret that the application has for the provider')
    .option('--secret-file <file>', 'file that holds the secret')
    .option('--account <name>', ACCOUNT)
    .option('--data <file>', "body to send instead of the sample's, byte for byte (UTF-8)")
    .option(
      '--id <id>',
      'id of the event; with --times, one event is sent again and again (default: a new one each time)',
    )
    .option('--times <n>', 'how many to send, each a new event', wholeNumber, 1)
    .option('--concurrency <n>', 'how many at the same time', wholeNumber, 1)
    .option('--timeout <seconds>', 'how long to wait for an answer', wholeNumber, 30)
    .option('--wait <seconds>', 'how long to wait for an application that is starting', wholeNumber)
    .option(
      '--url <url>',
      'URL that is signed, if the application is known by another one (default: --to)',
      httpUrl,
    )
    .addOption(
      new Option(
        '--tamper <what>',
        'make it wrong; it is right then that it is refused (401, 403)',
      ).choices(TAMPERINGS),
    )
    .addHelpText('after', HELP)
    .action(async (provider: string, type: string, options: TriggerOptions) =>
      done(await trigger(provider, type, options, terminal)),
    );
}

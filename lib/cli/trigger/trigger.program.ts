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
--tamper timestamp  signs a time a month ago, as in a replayed request
${EXIT_CODES}`;

/** Declares the command `trigger`. */
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
      'id of the event; with --times, the same event is sent each time (default: a new id each time)',
    )
    .option('--times <n>', 'how many to send, each a new event', wholeNumber, 1)
    .option('--concurrency <n>', 'how many at the same time', wholeNumber, 1)
    .option('--timeout <seconds>', 'how long to wait for an answer', wholeNumber, 30)
    .option('--wait <seconds>', 'how long to wait for an application that is starting', wholeNumber)
    .option(
      '--url <url>',
      'URL to sign, if the provider knows the application by another one (default: --to)',
      httpUrl,
    )
    .addOption(
      new Option(
        '--tamper <what>',
        'falsify this part; the command succeeds if the request is refused (401, 403)',
      ).choices(TAMPERINGS),
    )
    .addHelpText('after', HELP)
    .action(async (provider: string, type: string, options: TriggerOptions) =>
      done(await trigger(provider, type, options, terminal)),
    );
}

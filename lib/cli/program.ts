import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { WebhookError } from '../errors/webhook.error.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { list } from './list.command.js';
import { SECRET_VARIABLE } from './secret.js';
import type { Terminal } from './terminal.js';
import { TAMPERINGS } from './trigger/tampering.js';
import { trigger, type TriggerOptions } from './trigger/trigger.command.js';
import { verify, type VerifyOptions } from './verify/verify.command.js';

const EXIT_CODES = `
Exit codes:
  0  all went right
  1  refused, not reached, or (with --tamper) not refused
  2  the command cannot be run as it was given`;

const SECRET_HELP = `
The secret is read from --secret-file or from the variable ${SECRET_VARIABLE}, and never printed.
What is given by --secret stays in the history of the shell. For a provider with a key pair (discord,
paddleClassic, paypal, plaid, sendgrid, sns), \`trigger\` takes the private key of a pair for tests, as
PEM, and \`verify\` what the application has: the public key; API secret (plaid); nothing (sns, paypal).`;

const ACCOUNT =
  "what the provider calls the application's side by, if it signs that: topicArn (sns), webhookId\n" +
  '(paypal), publicKey (braintree), clientId (plaid), baseUrl (jiraConnect)';

/**
 * Runs a command.
 *
 * @param args what stands after the command's name
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
    .description('Sends signed webhooks to an application, and checks those that were captured.')
    .version(terminal.version)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(--help shows how it is used)')
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
    .addHelpText(
      'after',
      `${SECRET_HELP}

Examples:
  $ read -rs ${SECRET_VARIABLE} && export ${SECRET_VARIABLE}
  $ nestjs-hookline trigger stripe invoice.paid --to http://localhost:3000/webhooks/stripe
  $ nestjs-hookline trigger stripe invoice.paid --to ... --data invoice.json
  $ nestjs-hookline trigger stripe invoice.paid --to ... --times 1000 --concurrency 10
  $ nestjs-hookline trigger stripe invoice.paid --to ... --tamper signature

--tamper body       changes the body after it was signed
--tamper signature  signs with another secret
--tamper timestamp  signs as of a month ago, as if somebody had kept the request
${EXIT_CODES}`,
    )
    .action(async (provider: string, type: string, options: TriggerOptions) =>
      done(await trigger(provider, type, options, terminal)),
    );

  program
    .command('verify')
    .summary('check a captured request, and say what is wrong with it')
    .description(
      'Checks the signature of a captured request. For one that is refused, says what is wrong, and shows\n' +
        'what the provider has to have signed, part by part and with escapes.',
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
    .addHelpText(
      'after',
      `${SECRET_HELP}

Examples:
  $ read -rs ${SECRET_VARIABLE} && export ${SECRET_VARIABLE}
  $ nestjs-hookline verify stripe --headers headers.txt --body body.json
  $ nestjs-hookline verify stripe --headers headers.txt --body body.json --at 2026-01-31T12:00:00Z
${EXIT_CODES}`,
    )
    .action(async (provider: string, options: VerifyOptions) =>
      done(await verify(provider, options, terminal)),
    );

  program
    .command('list')
    .summary('show the providers, and the types of their sample events')
    .description('Shows the providers, and the types of their sample events.')
    .argument('[provider]', 'only this provider')
    .addHelpText('after', `\nExamples:\n  $ nestjs-hookline list\n  $ nestjs-hookline list stripe`)
    .action((provider: string | undefined) => done(list(provider, terminal)));

  return program;
}

function wholeNumber(text: string): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw new InvalidArgumentError('It has to be a whole number from 1 on.');
  return number;
}

function httpUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It has to be a URL that begins with http:// or https://.');
}

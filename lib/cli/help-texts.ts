import { SECRET_VARIABLE } from './secret.js';

export const EXIT_CODES = `
Exit codes:
  0  all went right
  1  refused, not reached, or (with --tamper) not refused
  2  the command cannot be run as it was given`;

export const SECRET_HELP = `
The secret is read from --secret-file or from the variable ${SECRET_VARIABLE}, and never printed.
What is given by --secret stays in the history of the shell. For a provider with a key pair (discord,
paddleClassic, paypal, plaid, sendgrid, sns), \`trigger\` takes the private key of a pair for tests, as
PEM, and \`verify\` what the application has: the public key; API secret (plaid); nothing (sns, paypal).`;

export const ACCOUNT =
  "what the provider calls the application's side by, if it signs that: topicArn (sns), webhookId\n" +
  '(paypal), publicKey (braintree), clientId (plaid), baseUrl (jiraConnect)';

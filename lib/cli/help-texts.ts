import { SECRET_VARIABLE } from './secret.js';

export const EXIT_CODES = `
Exit codes:
  0  success
  1  refused, not reached, or (with --tamper) not refused
  2  wrong usage`;

export const SECRET_HELP = `
The secret is read from --secret-file or from the variable ${SECRET_VARIABLE}, and never printed.
The shell keeps --secret in its history. For a provider with a key pair (discord,
paddleClassic, paypal, plaid, sendgrid, sns), \`trigger\` takes the private key of a pair for tests, as
PEM, and \`verify\` what the application has: the public key; API secret (plaid); nothing (sns, paypal).`;

export const ACCOUNT =
  'what identifies the application at the provider, if the provider signs it: topicArn (sns), webhookId\n' +
  '(paypal), publicKey (braintree), clientId (plaid), baseUrl (jiraConnect)';

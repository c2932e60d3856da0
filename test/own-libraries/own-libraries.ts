import { apps } from './apps.js';
import { chat } from './chat.js';
import type { OwnLibrary } from './own-library.js';
import { payments } from './payments.js';
import { sendgridLibrary } from './sendgrid.js';
import { signedFields } from './signed-fields.js';
import { snsLibrary } from './sns.js';
import { standardWebhooksFamily } from './standard-webhooks.js';
import { tokens } from './tokens.js';
import { twilioWays } from './twilio.js';

/** All of them. */
export const OWN_LIBRARIES: readonly OwnLibrary[] = [
  ...standardWebhooksFamily,
  ...payments,
  ...apps,
  ...chat,
  ...twilioWays,
  ...signedFields,
  ...tokens,
  sendgridLibrary,
  snsLibrary,
];

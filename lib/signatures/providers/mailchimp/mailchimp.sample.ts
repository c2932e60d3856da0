import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withoutSignature } from '../../samples/without-signature.js';
import { mailchimp as mailchimpScheme } from './mailchimp.js';

export const mailchimp = {
  create: () => withoutSignature(mailchimpScheme({ unsigned: true })),
  newSecret: newSecret.none,
  page: {
    call: '`mailchimp({ unsigned: true })`',
    signature: 'none ²',
    id: 'digest',
    type: '`type`',
    handshake: '`GET`',
    document: 'Sync Audience Data with Webhooks',
  },
  samples: {
    unsubscribe: {
      format: 'form',
      payload: ({ iso }) => ({
        type: 'unsubscribe',
        fired_at: iso.slice(0, 19).replace('T', ' '),
        'data[reason]': 'manual',
        'data[email]': 'jane@example.com',
        'data[list_id]': 'hookline1',
      }),
    },
  },
} satisfies ListedProvider;

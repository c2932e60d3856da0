import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { withoutSignature } from '../../samples/without-signature.js';
import { mailchimp as mailchimpScheme } from './mailchimp.js';

export const mailchimp = {
  create: () => withoutSignature(mailchimpScheme({ unsigned: true })),
  newSecret: newSecret.none,
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
} satisfies Provider;

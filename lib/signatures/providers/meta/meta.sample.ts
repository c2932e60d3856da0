import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { meta as metaScheme } from './meta.js';

export const meta = {
  // Only the handshake uses the token, and no sample is one.
  create: ({ secret }) => metaScheme({ secret, verifyToken: secret }),
  newSecret: newSecret.hex,
  page: {
    call: '`meta({ secret, verifyToken })`',
    signature: '`X-Hub-Signature-256`',
    id: 'digest',
    type: '`object` and `field`',
    handshake: '`GET` `hub.challenge`',
    document: 'Webhooks: Getting Started',
  },
  samples: {
    'whatsapp_business_account.messages': {
      payload: ({ id, seconds }) => ({
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '501',
            changes: [
              {
                field: 'messages',
                value: {
                  messaging_product: 'whatsapp',
                  metadata: { display_phone_number: '15550001', phone_number_id: '601' },
                  messages: [
                    {
                      id: `wamid.${id}`,
                      from: '15550002',
                      timestamp: String(seconds),
                      type: 'text',
                      text: { body: 'Hello' },
                    },
                  ],
                },
              },
            ],
          },
        ],
      }),
    },
  },
} satisfies ListedProvider;

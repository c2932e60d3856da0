import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { microsoftGraph as microsoftGraphScheme } from './microsoft-graph.js';

const graphNotifications = <Type extends string>({ uuid, at }: Occasion, type: Type) => ({
  value: [
    {
      id: uuid,
      subscriptionId: '00000000-0000-4000-8000-000000000501',
      subscriptionExpirationDateTime: new Date(at.getTime() + 86_400_000).toISOString(),
      changeType: type,
      resource: "users/jane/messages('601')",
      tenantId: '00000000-0000-4000-8000-000000000701',
      resourceData: { id: '601', '@odata.type': '#Microsoft.Graph.Message' },
    },
  ],
});

export const microsoftGraph = {
  create: ({ secret }) => microsoftGraphScheme({ clientState: secret }),
  newSecret: newSecret.text,
  page: {
    call: '`microsoftGraph({ clientState })`',
    signature: '`clientState` of each item ²',
    id: '`id`',
    type: '`changeType`',
    handshake: '`POST` `?validationToken=`',
    batch: 'a batch',
    document: 'Receive change notifications through webhooks',
  },
  samples: {
    created: { payload: (event) => graphNotifications(event, 'created') },
    updated: { payload: (event) => graphNotifications(event, 'updated') },
  },
} satisfies ListedProvider;

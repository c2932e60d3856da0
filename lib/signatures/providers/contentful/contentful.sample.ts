import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { contentful as contentfulScheme } from './contentful.js';

const contentfulHeaders =
  (topic: string) =>
  ({ iso }: Occasion): Record<string, string> => ({
    'content-type': 'application/vnd.contentful.management.v1+json',
    'x-contentful-topic': topic,
    'x-contentful-webhook-name': 'Hookline',
    'x-contentful-event-datetime': iso,
  });

const contentfulEntry = ({ iso }: Occasion) => ({
  sys: {
    type: 'Entry',
    id: 'entryhookline1',
    space: { sys: { type: 'Link', linkType: 'Space', id: 'spacehookline' } },
    createdAt: '2025-01-01T00:00:00.000Z',
    updatedAt: iso,
  },
  fields: { title: { en: 'Mug' } },
});

export const contentful = {
  create: contentfulScheme,
  newSecret: newSecret.text64,
  page: {
    call: '`contentful({ secret, toleranceSeconds })`',
    signature: '`X-Contentful-Signature`',
    id: '`X-Contentful-Idempotency-Key` ¹',
    type: '`X-Contentful-Topic` ¹',
    document: 'Request Verification',
  },
  samples: {
    'ContentManagement.Entry.publish': {
      headers: contentfulHeaders('ContentManagement.Entry.publish'),
      payload: contentfulEntry,
    },
    'ContentManagement.Entry.save': {
      headers: contentfulHeaders('ContentManagement.Entry.save'),
      payload: contentfulEntry,
    },
  },
} satisfies ListedProvider;

import { hubspot as hubspotScheme } from '../../signatures/providers/hubspot/hubspot.js';
import { intercom as intercomScheme } from '../../signatures/providers/intercom/intercom.js';
import { pagerduty as pagerdutyScheme } from '../../signatures/providers/pagerduty/pagerduty.js';
import { sentry as sentryScheme } from '../../signatures/providers/sentry/sentry.js';
import { xero as xeroScheme } from '../../signatures/providers/xero/xero.js';
import { zendesk as zendeskScheme } from '../../signatures/providers/zendesk/zendesk.js';
import { newSecret } from './new-secret.js';
import type { Provider } from './provider.js';

export const hubspot = {
  create: hubspotScheme,
  newSecret: newSecret.text,
  samples: {
    'contact.creation': {
      payload: ({ number, ms }) => [
        {
          eventId: number,
          subscriptionId: 501,
          portalId: 601,
          appId: 701,
          occurredAt: ms,
          subscriptionType: 'contact.creation',
          attemptNumber: 0,
          objectId: 801,
          changeSource: 'CRM',
        },
      ],
    },
  },
} satisfies Provider;

export const intercom = {
  create: intercomScheme,
  newSecret: newSecret.text,
  samples: {
    'conversation.user.created': {
      payload: ({ id, seconds }) => ({
        type: 'notification_event',
        id,
        topic: 'conversation.user.created',
        app_id: 'hookline',
        created_at: seconds,
        delivery_attempts: 1,
        data: {
          type: 'notification_event_data',
          item: { type: 'conversation', id: '501', state: 'open' },
        },
      }),
    },
  },
} satisfies Provider;

export const pagerduty = {
  create: pagerdutyScheme,
  newSecret: newSecret.text,
  samples: {
    'incident.triggered': {
      payload: ({ id, iso }) => ({
        event: {
          id,
          event_type: 'incident.triggered',
          resource_type: 'incident',
          occurred_at: iso,
          data: { id: 'PHOOK1', type: 'incident', title: 'The shop is down', status: 'triggered' },
        },
      }),
    },
  },
} satisfies Provider;

export const sentry = {
  create: sentryScheme,
  newSecret: newSecret.hex,
  samples: {
    'issue.created': {
      headers: ({ seconds }) => ({
        'sentry-hook-resource': 'issue',
        'sentry-hook-timestamp': String(seconds),
      }),
      payload: ({ number, iso }) => ({
        action: 'created',
        installation: { uuid: 'hookline' },
        data: {
          issue: {
            id: String(number),
            title: 'TypeError: no total',
            level: 'error',
            firstSeen: iso,
          },
        },
        actor: { type: 'application', id: 'sentry', name: 'Sentry' },
      }),
    },
  },
} satisfies Provider;

export const xero = {
  create: xeroScheme,
  newSecret: newSecret.base64,
  samples: {
    'INVOICE.UPDATE': {
      payload: ({ uuid, iso }) => ({
        events: [
          {
            resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${uuid}`,
            resourceId: uuid,
            eventDateUtc: iso,
            eventType: 'UPDATE',
            eventCategory: 'INVOICE',
            tenantId: uuid,
            tenantType: 'ORGANISATION',
          },
        ],
        firstEventSequence: 1,
        lastEventSequence: 1,
        entropy: 'HOOKLINE',
      }),
    },
  },
} satisfies Provider;

export const zendesk = {
  create: zendeskScheme,
  newSecret: newSecret.base64,
  samples: {
    'zen:event-type:ticket.created': {
      payload: ({ id, iso, number }) => ({
        id,
        type: 'zen:event-type:ticket.created',
        subject: `zen:ticket:${number}`,
        time: iso,
        account_id: 501,
        zendesk_event_version: '2022-11-06',
        event: {},
        detail: { id: String(number), subject: 'Where is my order?', status: 'NEW' },
      }),
    },
  },
} satisfies Provider;

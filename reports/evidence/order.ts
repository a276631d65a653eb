/** Draws operations that no order explains: bars by process, and the orders that lead to each possible state. */

import type { OrderEvidence } from "../../core/evidence.ts";
import { cutEnd } from "../../core/wording.ts";
import type { Sketch } from "../charts/sketch.ts";
import { drawnOrders } from "../charts/sketch-svg.ts";
import { type Html, html } from "../html.ts";
import { formatCount } from "../numbers.ts";
import type { Drawer } from "./drawing.ts";
import { operationsDrawing } from "./operations.ts";
import { tagOf } from "./tags.ts";

/** At most this many of the possible states are listed. */
const listedStates = 20;

export const orderDrawing: Drawer<OrderEvidence> = (evidence, about) => {
  const { operations, culprit, states } = evidence;
  return operationsDrawing(
    {
      operations,
      ...(culprit !== undefined && { culprit }),
      orders: states?.map(({ order }) => order) ?? [],
      // Sessions are judged by revisions: values alone would not show the broken promise.
      revisions: states === undefined,
      tag: states === undefined ? tagOf(about.anomaly) : "cannot be placed",
      caption: (sketch) => statesList(sketch, evidence),
    },
    about,
  );
};

/** Lists the states as radio buttons; the order of the chosen one is drawn over the bars, in CSS alone. */
function statesList(sketch: Sketch, { states = [], moreStates = false }: OrderEvidence): Html | undefined {
  if (states.length === 0) return undefined;
  const rows = states.slice(0, listedStates).map(({ state }, i) => {
    const words = html`<code>${cutEnd(state, 200)}</code> <span class="order-words">${orderWords(sketch, sketch.orders[i] ?? [])}</span>`;
    if (i >= drawnOrders) return html`<div class="undrawn">${words}</div>`;
    return html`<label class="choice-${i}"><input type="radio" name="${sketch.id}-state" class="choose-${i}"${i === 0 && html` checked`}><span>${words}</span></label>`;
  });
  const before = sketch.culprit === undefined ? "" : (sketch.bars[sketch.culprit]?.label ?? "");
  const isOne = states.length === 1;
  const number = isOne ? "one state" : `${formatCount(states.length)} states`;
  const which = moreStates ? `${isOne ? "One" : formatCount(states.length)} of the states` : `The ${number}`;
  return html`<fieldset class="states"><legend>${which} that these operations leave just before <b>${before}</b>, and ${isOne ? "an order that leads there" : "orders that lead there"}</legend>
${rows}${states.length > listedStates && html`<p class="quiet">and ${formatCount(states.length - listedStates)} more</p>`}</fieldset>`;
}

/** `1. p4 w 41 ok → 2. p2 w 57 ok` */
function orderWords({ bars, lanes }: Sketch, order: readonly number[]): string {
  if (order.length === 0) return "the initial state, nothing placed yet";
  return order
    .map((position, i) => {
      const bar = bars[position];
      return `${i + 1}. p${lanes[bar?.lane ?? -1]?.process ?? "?"} ${bar?.label ?? "?"}`;
    })
    .join(" → ");
}

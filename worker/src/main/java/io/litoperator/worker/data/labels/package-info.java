/**
 * Conversations as the model is trained on them: one text, its tokens, and which of them the loss
 * is taken over. Where the references differ from each other, the tokenizer decides, not the
 * family's name.
 */
package io.litoperator.worker.data.labels;

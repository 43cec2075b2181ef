/** Hugging Face tokenizers. */
package io.litoperator.worker.data.tokens;

/** The only code that touches DJL's engine: tensors under raw handles and TorchScript programs. */
package io.litoperator.worker.torch;

/**
 * Pictures as the vision tower sees them: decoded as Pillow decodes, resized as Pillow resizes,
 * scaled as Hugging Face's slow image processors scale. Depends on no tensor library.
 */
package io.litoperator.worker.data.image;

package io.litoperator.worker.evaluate.published;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.image.Picture;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.Region;
import io.litoperator.worker.evaluate.TaskData;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Data sets with the columns that lmms-lab publishes. */
class PublishedFormatTest extends PublishedData {
  private static final String SHORT = "\nAnswer the question using a single word or phrase.";

  @Test
  void pope() throws Exception {
    write(
        "POPE/data/test-00000-of-00001.parquet",
        "SELECT '1' AS id, '7' AS question_id, 'Is there a cat? ' AS question, 'yes' AS answer,"
            + " 'COCO_1' AS image_source, %s AS image, 'adversarial' AS category",
        30);

    try (TaskData found = open("pope")) {
      Question question = found.questions().get(0);
      assertThat(question.id()).isEqualTo("7");
      assertThat(question.question()).isEqualTo("Is there a cat?" + SHORT);
      assertThat(question.answer()).isEqualTo("yes");
      assertThat(question.kind()).contains("adversarial");
      assertThat(picture(found, question).width()).isEqualTo(30);
    }
  }

  @Test
  void vqav2() throws Exception {
    write(
        "VQAv2/data/validation-00000-of-00001.parquet",
        "SELECT 'what is' AS question_type, 'red' AS multiple_choice_answer,"
            + " [{'answer': 'red', 'answer_confidence': 'yes', 'answer_id': 1},"
            + " {'answer': 'pink', 'answer_confidence': 'no', 'answer_id': 2}] AS answers,"
            + " 5 AS image_id, 'other' AS answer_type, 50 AS question_id, 'Which?' AS question,"
            + " %s AS image",
        8);

    try (TaskData found = open("vqav2")) {
      Question question = found.questions().get(0);
      assertThat(question.id()).isEqualTo("50");
      assertThat(question.references().answers()).containsExactly("red", "pink");
      assertThat(question.question()).isEqualTo("Which?" + SHORT);
    }
  }

  @Test
  void gqasPicturesAreInATableOfTheirOwn() throws Exception {
    write(
        "gqa/testdev_balanced_instructions/testdev-0.parquet",
        "SELECT '1' AS id, 'n2' AS imageId, 'Is it?' AS question, 'no' AS answer,"
            + " 'No, it is not.' AS fullAnswer",
        1);
    write(
        "gqa/testdev_balanced_images/testdev-0.parquet",
        "SELECT 'n1' AS id, %s AS image UNION ALL SELECT 'n2', %s",
        5,
        6);

    try (TaskData found = open("gqa")) {
      Question question = found.questions().get(0);
      assertThat(question.answer()).isEqualTo("no");
      assertThat(picture(found, question).width()).isEqualTo(6);
    }
  }

  @Test
  void scienceQa() throws Exception {
    write(
        "ScienceQA/ScienceQA-IMG/test-0.parquet",
        "SELECT %s AS image, 'Which?' AS question, ['red', 'green'] AS choices, 1 AS answer,"
            + " 'Look.' AS hint, 'closed choice' AS task, 'grade2' AS grade,"
            + " 'natural science' AS subject",
        8);

    try (TaskData found = open("scienceqa")) {
      Question question = found.questions().get(0);
      assertThat(question.answer()).isEqualTo("B");
      assertThat(question.question())
          .startsWith("Context: Look.\nWhich?\nA. red\nB. green\nAnswer with the option's letter");
    }
  }

  @Test
  void mmesPairsShareAPicture() throws Exception {
    write(
        "MME/data/test-0.parquet",
        "SELECT 'OCR/1.png' AS question_id, %s AS image,"
            + " 'Is it? Please answer yes or no.' AS question, 'Yes' AS answer, 'OCR' AS category"
            + " UNION ALL SELECT 'OCR/1.png', %s, 'Is it not? Please answer yes or no.', 'No',"
            + " 'OCR'",
        8,
        8);

    try (TaskData found = open("mme")) {
      assertThat(found.questions()).extracting(Question::image).hasSize(2).containsOnly("0/image");
      assertThat(found.questions().get(1).question()).isEqualTo("Is it not?" + SHORT);
    }
  }

  @Test
  void mmmuHasSeveralPicturesAndAPythonList() throws Exception {
    write(
        "MMMU/data/validation-0.parquet",
        "SELECT 'validation_Art_Theory_3' AS id, '<image 1> or <image 2>?' AS question,"
            + " '[''red'', \"b''s\", ''$<$ 5'']' AS options, %s AS image_1,"
            + " %s AS image_2, NULL::STRUCT(bytes BLOB, path VARCHAR) AS image_3,"
            + " 'B' AS answer, 'multiple-choice' AS question_type",
        4,
        9);

    try (TaskData found = open("mmmu")) {
      Question question = found.questions().get(0);
      assertThat(question.kind()).contains("Art_Theory");
      assertThat(question.references().choices()).containsExactly("red", "b's", "$<$ 5");
      assertThat(question.images()).containsExactly("0/image_1", "0/image_2");
      assertThat(found.picture(question, "0/image_2").width()).isEqualTo(9);
    }
  }

  /** As lmms-eval's {@code mmmu_doc_to_visual}. */
  @Test
  void mmmuShowsThePicturesThatItMentionsOnce() throws Exception {
    write(
        "MMMU/data/validation-0.parquet",
        "SELECT 'validation_Art_3' AS id, '<image 4>, <image 2> or <image 4>?' AS question,"
            + " '[''<image 3>'', ''none'']' AS options, %s AS image_1, %s AS image_2,"
            + " %s AS image_3, %s AS image_4, 'B' AS answer, kind AS question_type"
            + " FROM (VALUES ('multiple-choice'), ('open')) AS kinds(kind)",
        4,
        9,
        5,
        6);

    try (TaskData found = open("mmmu")) {
      assertThat(found.questions().get(0).images())
          .containsExactly("0/image_2", "0/image_3", "0/image_4");
      assertThat(found.questions().get(1).images()).containsExactly("1/image_2", "1/image_4");
    }
  }

  @Test
  void mmmuMayMentionNone() throws Exception {
    Files.writeString(
        data.resolve("mmmu.jsonl"),
        """
        {"id": "validation_Art_3", "question": "What?", "options": "['<image 2>', 'b']", "answer": "A", "question_type": "multiple-choice", "images": ["a.png", "b.png"]}
        {"id": "validation_Art_4", "question": "What?", "options": "['a', 'b']", "answer": "A", "question_type": "multiple-choice", "images": ["a.png", "b.png"]}
        """);

    try (TaskData found = open("mmmu")) {
      assertThat(found.questions().get(0).images()).containsExactly("b.png");
      assertThat(found.questions().get(1).images()).isEmpty();
    }
  }

  @Test
  void mmstarsPicturesAreBareBytes() throws Exception {
    write(
        "MMStar/mmstar.parquet",
        "SELECT 3 AS index, 'Which? Options: A: a, B: b' AS question, (%s).bytes AS image,"
            + " 'B' AS answer, 'math' AS category, 'numeric' AS l2_category",
        8);

    try (TaskData found = open("mmstar")) {
      assertThat(found.questions().get(0).kind()).contains("numeric");
      assertThat(picture(found, found.questions().get(0)).width()).isEqualTo(8);
    }
  }

  @Test
  void captions() throws Exception {
    write(
        "nocaps/data/validation-0.parquet",
        "SELECT %s AS image, 4 AS image_id, ['A cat.', 'Cats.'] AS annotations_captions",
        8);
    write(
        "COCO-Caption2017/data/val-0.parquet",
        "SELECT 'f.jpg' AS question_id, %s AS image, 'Describe.' AS question,"
            + " ['A dog.', 'Dogs.'] AS answer, 9 AS id",
        8);

    try (TaskData nocaps = open("nocaps");
        TaskData coco = open("coco2017")) {
      assertThat(nocaps.questions().get(0).references().answers())
          .containsExactly("A cat.", "Cats.");
      assertThat(coco.questions().get(0).question())
          .isEqualTo("Provide a one-sentence caption for the provided image.");
      assertThat(coco.questions().get(0).references().answers()).containsExactly("A dog.", "Dogs.");
    }
  }

  @Test
  void refcocosBoxIsDrawnInRed() throws Exception {
    write(
        "RefCOCO/data/val-0.parquet",
        "SELECT 11 AS question_id, %s AS image, 'Which?' AS question, ['left one'] AS answer,"
            + " [1.0, 2.0, 3.5, 3.0] AS bbox",
        8);

    try (TaskData found = open("refcoco")) {
      Question question = found.questions().get(0);
      assertThat(question.references().region()).contains(new Region.Box(1, 2, 3.5, 3));
      Picture drawn = picture(found, question);
      int at = (2 * drawn.width() + 1) * 3;
      assertThat(drawn.rgb()[at]).isEqualTo((byte) 255);
      assertThat(drawn.rgb()[at + 1]).isZero();
      assertThat(drawn.rgb()[0]).isZero();
    }
  }

  @Test
  void jsonMayHaveThePublishedFields() throws Exception {
    Files.writeString(
        data.resolve("hallusionbench.jsonl"),
        """
        {"category": "VS", "subcategory": "chart", "set_id": "0", "figure_id": "0", \
        "question_id": "1", "question": "Is it?", "gt_answer_details": "It is."}
        """);
    Files.createDirectories(data.resolve("MMHal-Bench"));
    Files.writeString(
        data.resolve("MMHal-Bench/response_template.json"),
        """
        [{"question_type": "counting", "question_topic": "food", "image_id": "ab",
          "image_src": "https://example.com/o2/ab.jpg", "image_content": ["Cake", "Plate"],
          "question": "How many?", "gt_answer": "Two."}]
        """);

    try (TaskData hallusion = open("hallusionbench");
        TaskData mmhal = open("mmhal")) {
      assertThat(hallusion.questions().get(0).id()).isEqualTo("VS/chart/0/0/1");
      assertThat(hallusion.questions().get(0).images()).isEmpty();
      assertThat(mmhal.questions().get(0).images()).containsExactly("ab.jpg");
      assertThat(mmhal.questions().get(0).objects()).containsExactly("Cake", "Plate");
    }
    Path beside = PublishedFolder.find(data, "mmhal").images();
    Path downloaded = Files.createDirectory(data.resolve("MMHal-Bench/images"));
    assertThat(beside).isEqualTo(data.resolve("MMHal-Bench"));
    assertThat(PublishedFolder.find(data, "mmhal").images()).isEqualTo(downloaded);
  }
}

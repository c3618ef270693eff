"""Why a submission is refused, and what its student or the operator can do, in Portuguese and in English.

The subject of each clause is the notebook, or the file or folder in its place; `OWN_SUBJECT` names the exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.report.phrase import Phrase

REFUSAL_PHRASES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "refused.empty": Phrase("está vazio", "is empty"),
        "refused.only_zeros": Phrase("está vazio: contém apenas zeros", "is empty: it contains only zeros"),
        "refused.other_encoding": Phrase(
            "não é um notebook: o texto não está em UTF-8, mas talvez em {encoding}",
            "is not a notebook: not UTF-8 text, but perhaps {encoding}",
        ),
        "refused.windows_1252": Phrase(
            "não é um notebook: o texto não está em UTF-8, mas talvez em Windows-1252 (byte {byte} na linha {line})",
            "is not a notebook: not UTF-8 text, but perhaps Windows-1252 (byte {byte} at line {line})",
        ),
        "refused.not_utf8": Phrase(
            "não é um notebook: o conteúdo não é texto em UTF-8", "is not a notebook: not UTF-8 text"
        ),
        "refused.another_file": Phrase("não é um notebook, e sim {kind}", "is not a notebook, but {kind}"),
        "refused.web_page": Phrase("não é um notebook, e sim uma página da web", "is not a notebook, but a web page"),
        "refused.git_lfs": Phrase(
            "não é um notebook, e sim um ponteiro do Git LFS", "is not a notebook, but a pointer of Git LFS"
        ),
        "refused.not_json": Phrase("não é um notebook: o conteúdo não é JSON", "is not a notebook: not JSON"),
        "refused.other_json": Phrase(
            "não é um notebook: é JSON de outro tipo", "is not a notebook: JSON of another kind"
        ),
        "refused.drive_shortcut": Phrase(
            "é um atalho para o Google Drive, e não o notebook", "is a shortcut to Google Drive, not the notebook"
        ),
        "refused.one_text": Phrase("foi salvo como um único texto JSON", "was saved as one JSON text"),
        "refused.conflict": Phrase(
            "tem marcas de conflito do git na linha {line}", "holds git conflict markers at line {line}"
        ),
        "refused.not_whole": Phrase(
            "está incompleto: o JSON termina antes do fim ou tem um erro na linha {line}, coluna {column}",
            "is not whole: its JSON breaks off or is broken at line {line}, column {column}",
        ),
        "refused.absurd_number": Phrase(
            "não é um notebook: contém um número absurdo", "is not a notebook: it holds an absurd number"
        ),
        "refused.nested_too_deep": Phrase("está aninhado demais", "is nested too deep"),
        "refused.too_many_values": Phrase("contém valores demais", "holds too many values"),
        "refused.too_large": Phrase("tem mais de {mebibytes} MiB", "is larger than {mebibytes} MiB"),
        "refused.code_too_large": Phrase(
            "tem {bytes} bytes de código, mais que os {most} permitidos", "has {bytes} bytes of code, over {most}"
        ),
        "refused.no_format": Phrase(
            "não informa o formato do notebook (falta nbformat)",
            "does not say its notebook format (nbformat is missing)",
        ),
        "refused.unknown_format": Phrase(
            "está em um formato de notebook desconhecido, e o aceito é o 4",
            "is of notebook format unknown, and 4 is read",
        ),
        "refused.other_format": Phrase(
            "está no formato de notebook {format}, e o aceito é o 4", "is of notebook format {format}, and 4 is read"
        ),
        "refused.old_format": Phrase(
            "está no formato de notebook {format}, e o aceito é o 4", "is of notebook format {format}, and 4 is read"
        ),
        "refused.no_cells": Phrase("não tem uma lista de células", "has no list of cells"),
        "refused.no_text": Phrase("não tem texto na célula {cell}", "has no text in cell {cell}"),
        "refused.not_a_file": Phrase("não é um arquivo", "is not a file"),
        "refused.unreadable_file": Phrase("não pode ser lido: {error}", "cannot be read: {error}"),
        "refused.gone": Phrase("não está mais lá", "is not there any more"),
        "refused.zip_too_large": Phrase(
            "ocuparia {gibibytes} GiB depois de descompactado", "would unpack to {gibibytes} GiB"
        ),
        "refused.zip_broken": Phrase("não é um zip completo", "is not a whole zip"),
        "refused.zip_member_broken": Phrase("está corrompido dentro do zip", "is broken inside the zip"),
        "refused.zip_name": Phrase(
            "contém um nome que não está em UTF-8, embora o zip diga que está",
            "holds a name that is not UTF-8, as it declares",
        ),
        "refused.zip_ratio": Phrase(
            "fica mais de {most} vezes maior ao ser descompactado", "unpacks to more than {most} times its size"
        ),
        "refused.zip_files": Phrase("contém mais de {most} arquivos", "holds more than {most} files"),
        "refused.zip_outside": Phrase("tem um nome que leva para fora do zip", "has a name that leads out of the zip"),
        "refused.link": Phrase("é um link", "is a link"),
        "refused.link_outside": Phrase(
            "é um link que leva para fora da pasta", "is a link that leads out of the folder"
        ),
        "refused.encrypted": Phrase("está criptografado", "is encrypted"),
        "refused.zip_method": Phrase("está compactado de um modo incomum", "is compressed in an unusual way"),
        "refused.zip_same_name": Phrase(
            "está no zip {times} vezes com o mesmo nome", "is in the zip {times} times under the same name"
        ),
        "refused.one_of_many": Phrase(
            "é um de {count} notebooks do mesmo estudante, além de {beside}",
            "is one of {count} notebooks of the same student, beside {beside}",
        ),
        "refused.perhaps_a_class": Phrase(
            "é um de {count} notebooks do mesmo estudante, além de {beside}",
            "is one of {count} notebooks of the same student, beside {beside}",
        ),
        "refused.nested_archive": Phrase(
            "contém um arquivo compactado dentro de outro", "holds an archive in an archive"
        ),
        "refused.no_notebook": Phrase("não contém nenhum notebook", "holds no notebook"),
        "refused.icloud": Phrase(
            "é o que o iCloud deixa no lugar de um arquivo que ele guarda",
            "is what iCloud leaves in place of a file that it keeps",
        ),
        "refused.checkpoint": Phrase(
            "é uma cópia que o Jupyter fez sozinho, talvez mais antiga que o notebook",
            "is a copy that Jupyter made by itself, perhaps older than the notebook",
        ),
        "refused.other_archive": Phrase("é um arquivo compactado, mas não um zip", "is an archive but not a zip"),
        "refused.longer_name": Phrase(
            "não é um notebook pelo nome, que continua depois de .ipynb",
            "is not a notebook by its name, which continues after .ipynb",
        ),
        "refused.typed_text": Phrase(
            "é um texto digitado na plataforma, e não um notebook", "is a text typed in on the platform, not a notebook"
        ),
        "refused.address": Phrase("é um endereço, e não um notebook", "is an address, not a notebook"),
        "refused.no_suffix": Phrase(
            "não é um notebook: o nome não termina em .ipynb", "is not a notebook: its name does not end in .ipynb"
        ),
        "refused.other_suffix": Phrase(
            "não é um notebook: o nome não termina em .ipynb, e sim em {suffix}",
            "is not a notebook: its name does not end in .ipynb, but in {suffix}",
        ),
        "refused.not_exported": Phrase(
            "está na lista do Gradescope, mas não na exportação", "is in Gradescope's list, but not in the export"
        ),
        "refused.unlisted": Phrase("não está na lista do Gradescope", "is not in Gradescope's list"),
        "refused.no_export_name": Phrase(
            "não tem um nome no formato das entregas do {platform}",
            "does not have the form of a submission's name in {platform}",
        ),
        "refused.a_class": Phrase(
            "parece a exportação de uma turma, e não a pasta de um estudante",
            "looks like the export of a class, not like one student's folder",
        ),
        "refused.another_notebook": Phrase(
            "é outro notebook: o código dele não cita nenhuma das variáveis da atividade",
            "is another notebook: its code names none of the assignment's variables",
        ),
        "refused.none": Phrase("não há nenhum notebook na entrega", "no notebook was handed in"),
        "refused.several": Phrase(
            "há {count} notebooks na entrega: {names}", "{count} notebooks were handed in: {names}"
        ),
        "refused.as_kept": Phrase("{what}", "{what}"),
    }
)

OWN_SUBJECT: Final = frozenset({"refused.none", "refused.several"})

_HAND_IN = Phrase("entregue o arquivo .ipynb", "hand in the .ipynb file")
_COPY_AGAIN = Phrase(
    "baixe ou copie o notebook de novo e entregue-o", "download or copy the notebook again and hand that in"
)
_SAVE_AS_UTF8 = Phrase(
    "abra-o em um editor de texto, salve-o com a codificação UTF-8 e entregue-o",
    "open it in a text editor, save it with the encoding UTF-8 and hand that in",
)
_SAVE_AGAIN = Phrase("abra-o no Jupyter, salve e entregue de novo", "open it in Jupyter, save it and hand it in again")
_CLEAR_OUTPUTS = Phrase("apague as saídas e salve de novo", "clear its outputs and save it again")
_ZIP_AGAIN = Phrase("compacte de novo, ou entregue o arquivo .ipynb", "zip it again, or hand in the .ipynb file")
_DOWNLOAD_PAGE = Phrase(
    "no Jupyter ou no Colab, escolha Arquivo, Fazer download, .ipynb; “Salvar como” guarda a página inteira",
    "in Jupyter or Colab, choose File, Download, .ipynb; a browser's Save as keeps the page around it",
)
_GIT_LFS = Phrase("execute git lfs pull e entregue o arquivo", "run git lfs pull, then hand in the file")
_DRIVE = Phrase(
    "no Google Drive ou no Colab, baixe o notebook como .ipynb",
    "in Google Drive or Colab, download the notebook as .ipynb",
)
_UNPACK_TEXT = Phrase("extraia o notebook: jq -r . < {name} > {unpacked}", "unpack it: jq -r . < {name} > {unpacked}")
_CONFLICT = Phrase(
    "em um editor de texto, fique com um dos lados de cada conflito e apague as linhas de <<<<<<<, ======= e >>>>>>>",
    "in a text editor, keep one side of each conflict and delete the lines of <<<<<<<, ======= and >>>>>>>",
)
_NO_DATA = Phrase("não guarde dados dentro do código", "keep data out of the code")
_WRITE_FORMAT = Phrase(
    'em um editor de texto, escreva "nbformat": 4, "nbformat_minor": 5, depois da primeira chave',
    'in a text editor, write "nbformat": 4, "nbformat_minor": 5, after its first brace',
)
_REPLACE_FORMAT = Phrase(
    'em um editor de texto, escreva "nbformat": 4 no lugar dele', 'in a text editor, write "nbformat": 4 in place of it'
)
_SAVE_FORMAT = Phrase("salve-o no formato de notebook 4", "save it in the notebook format 4")
_CONVERT_FORMAT = Phrase(
    "jupyter nbconvert --to notebook --nbformat 4 {name}", "jupyter nbconvert --to notebook --nbformat 4 {name}"
)
_PLAIN_FILE = Phrase("entregue o próprio arquivo", "hand in the file itself")
_PERMISSIONS = Phrase("verifique as permissões dele", "look at its permissions")
_PUT_BACK = Phrase("coloque-o de volta", "put it back")
_ZIP_ALONE = Phrase("compacte apenas o notebook, sem dados", "zip the notebook alone, without data")
_NO_PASSWORD = Phrase("compacte sem senha", "zip it without a password")
_KEEP_ONE = Phrase("fique com um só", "keep one")
_NAME_CLASS = Phrase(
    "fique com um só; se isto é uma turma, indique-a sozinha, ou acrescente --export folder, ou o da plataforma",
    "keep one; if this is a class, name it alone, or add --export folder, or the platform's",
)
_ICLOUD = Phrase("baixe o arquivo no iCloud e depois entregue-o", "download the file in iCloud, then hand it in")
_HAND_IN_ITSELF = Phrase("entregue o próprio notebook", "hand in the notebook itself")
_HAND_IN_OR_ZIP = Phrase("entregue o arquivo .ipynb, ou um zip", "hand in the .ipynb file, or a zip")
_RENAME = Phrase("mude o nome dele para {name}", "rename it to {name}")
_EXPORT_AGAIN = Phrase("baixe a exportação de novo", "download the export again")
_BY_ITSELF = Phrase(
    "se for uma entrega, corrija-a separadamente: autograder grade e o caminho dela",
    "if it is a hand-in, grade it by itself: autograder grade, and its path",
)
_NAME_ALONE = Phrase("indique-a sozinha", "name it alone")
_IS_IT_THAT = Phrase(
    "é o de {assignment}? se não for, entregue esse", "is it the one of {assignment}? if not, hand in that one"
)
_HAND_IN_ONE = Phrase("entregue um só", "hand in one")
_AS_KEPT = Phrase("{remedy}", "{remedy}")

REMEDIES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "refused.empty": _COPY_AGAIN,
        "refused.only_zeros": _COPY_AGAIN,
        "refused.other_encoding": _SAVE_AS_UTF8,
        "refused.windows_1252": _SAVE_AS_UTF8,
        "refused.not_utf8": _HAND_IN,
        "refused.another_file": _HAND_IN,
        "refused.web_page": _DOWNLOAD_PAGE,
        "refused.git_lfs": _GIT_LFS,
        "refused.not_json": _HAND_IN,
        "refused.other_json": _HAND_IN,
        "refused.drive_shortcut": _DRIVE,
        "refused.one_text": _UNPACK_TEXT,
        "refused.conflict": _CONFLICT,
        "refused.not_whole": _COPY_AGAIN,
        "refused.absurd_number": _SAVE_AGAIN,
        "refused.nested_too_deep": _SAVE_AGAIN,
        "refused.too_many_values": _CLEAR_OUTPUTS,
        "refused.too_large": _CLEAR_OUTPUTS,
        "refused.code_too_large": _NO_DATA,
        "refused.no_format": _WRITE_FORMAT,
        "refused.unknown_format": _REPLACE_FORMAT,
        "refused.other_format": _SAVE_FORMAT,
        "refused.old_format": _CONVERT_FORMAT,
        "refused.no_cells": _SAVE_AGAIN,
        "refused.no_text": _SAVE_AGAIN,
        "refused.not_a_file": _PLAIN_FILE,
        "refused.unreadable_file": _PERMISSIONS,
        "refused.gone": _PUT_BACK,
        "refused.zip_too_large": _ZIP_ALONE,
        "refused.zip_broken": _ZIP_AGAIN,
        "refused.zip_member_broken": _ZIP_AGAIN,
        "refused.zip_name": _ZIP_AGAIN,
        "refused.zip_ratio": _ZIP_AGAIN,
        "refused.zip_files": _ZIP_ALONE,
        "refused.zip_outside": _ZIP_AGAIN,
        "refused.link": _PLAIN_FILE,
        "refused.link_outside": _PLAIN_FILE,
        "refused.encrypted": _NO_PASSWORD,
        "refused.zip_method": _ZIP_AGAIN,
        "refused.zip_same_name": _ZIP_AGAIN,
        "refused.one_of_many": _KEEP_ONE,
        "refused.perhaps_a_class": _NAME_CLASS,
        "refused.nested_archive": _HAND_IN,
        "refused.no_notebook": _HAND_IN,
        "refused.icloud": _ICLOUD,
        "refused.checkpoint": _HAND_IN_ITSELF,
        "refused.other_archive": _HAND_IN_OR_ZIP,
        "refused.longer_name": _RENAME,
        "refused.typed_text": _HAND_IN,
        "refused.address": _HAND_IN,
        "refused.no_suffix": _HAND_IN,
        "refused.other_suffix": _HAND_IN,
        "refused.not_exported": _EXPORT_AGAIN,
        "refused.unlisted": _BY_ITSELF,
        "refused.no_export_name": _BY_ITSELF,
        "refused.a_class": _NAME_ALONE,
        "refused.another_notebook": _IS_IT_THAT,
        "refused.none": _HAND_IN,
        "refused.several": _HAND_IN_ONE,
        "refused.as_kept": _AS_KEPT,
    }
)
"""What to do about each fault, from the same fields."""
